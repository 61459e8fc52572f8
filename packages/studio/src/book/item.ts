/** A prediction with controls: radio buttons, boxes, a number, or lines to be moved; a check opens what the run gave. */

export class Item {
  private readonly choices: HTMLOListElement | null;
  private readonly status: HTMLParagraphElement;

  constructor(private readonly article: HTMLElement) {
    this.choices = article.querySelector('.choices');
    this.status = article.ownerDocument.createElement('p');
    this.status.setAttribute('role', 'status');
  }

  enable(): void {
    const { kind = '' } = this.article.dataset;
    const page = this.article.ownerDocument;
    this.article.classList.add(kind);
    const controls = page.createElement('div');
    controls.className = 'controls';
    if (kind === 'number') controls.append(this.numberField());
    else if (kind === 'order') this.movableLines();
    else this.boxes(kind === 'one' ? 'radio' : 'checkbox');
    const check = page.createElement('button');
    check.type = 'button';
    check.textContent = this.article.dataset.check ?? '';
    check.addEventListener('click', () => this.check());
    controls.append(check, this.status);
    this.article.insertBefore(controls, this.article.querySelector('details'));
  }

  private numberField(): HTMLLabelElement {
    const page = this.article.ownerDocument;
    const label = page.createElement('label');
    const input = page.createElement('input');
    input.inputMode = 'decimal';
    input.size = 8;
    input.autocomplete = 'off';
    input.addEventListener('keydown', ({ key }) => {
      if (key === 'Enter') this.check();
    });
    label.append(`${this.article.dataset.number ?? ''} `, input);
    return label;
  }

  private boxes(type: 'radio' | 'checkbox'): void {
    const page = this.article.ownerDocument;
    this.choices?.setAttribute('role', type === 'radio' ? 'radiogroup' : 'group');
    this.choices?.setAttribute('aria-labelledby', `${this.article.id}-question`);
    for (const line of this.lines()) {
      const label = page.createElement('label');
      const box = page.createElement('input');
      box.type = type;
      box.name = this.article.id;
      box.value = line.dataset.letter ?? '';
      label.append(box, ...line.childNodes);
      line.replaceChildren(label);
      line.setAttribute('role', 'presentation');
    }
  }

  private movableLines(): void {
    for (const line of this.lines()) {
      const text = line.textContent ?? '';
      line.prepend(
        this.mover(line, '↑', this.article.dataset.up, text),
        this.mover(line, '↓', this.article.dataset.down, text),
      );
    }
  }

  private mover(line: HTMLElement, sign: '↑' | '↓', label: string | undefined, text: string): HTMLButtonElement {
    const button = line.ownerDocument.createElement('button');
    button.type = 'button';
    button.textContent = sign;
    button.setAttribute('aria-label', (label ?? '{n}').replace('{n}', text));
    button.addEventListener('click', () => {
      if (sign === '↑') line.previousElementSibling?.before(line);
      else line.nextElementSibling?.after(line);
      button.focus();
    });
    return button;
  }

  private lines(): HTMLElement[] {
    return [...(this.choices?.querySelectorAll<HTMLElement>('li') ?? [])];
  }

  private given(): string[] {
    const { kind } = this.article.dataset;
    if (kind === 'order') return this.lines().map((line) => line.dataset.letter ?? '');
    if (kind === 'number') return [this.article.querySelector<HTMLInputElement>('.controls input')?.value.trim() ?? ''];
    return [...this.article.querySelectorAll<HTMLInputElement>('.choices input:checked')].map(({ value }) => value);
  }

  private isRight(): boolean {
    const { kind, answer = '', tolerance } = this.article.dataset;
    const given = this.given();
    if (kind === 'number') return given[0] !== '' && Math.abs(Number(given[0]) - Number(answer)) <= Number(tolerance);
    const letters = answer.split(' ');
    if (kind !== 'order') letters.sort();
    return given.join(' ') === letters.join(' ');
  }

  private check(): void {
    const right = this.isRight();
    this.status.textContent = (right ? this.article.dataset.right : this.article.dataset.wrong) ?? '';
    this.status.className = right ? 'yes' : 'no';
    const details = this.article.querySelector('details');
    if (details !== null) details.open = true;
  }
}

export function itemsOf(page: Document): Item[] {
  return [...page.querySelectorAll<HTMLElement>('.item[data-kind]')].map((article) => new Item(article));
}
