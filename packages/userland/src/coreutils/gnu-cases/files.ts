/** Scripts about files tools, with what Debian prints. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import type { DashCase } from '../../shell/dash-cases/case.ts';

export const files: readonly DashCase[] = [
  {
    name: 'ls: names',
    script:
      'mkdir d; touch d/b d/a d/.h d/C; ls d; ls -a d; ls -A d; ls -1r d; ls -d d; ls d/a d/b; ls -F; ls -p; touch f; ls f d; ls nothing; echo $?; ls d/none f; echo $?',
    stdout: 'C\na\nb\n.\n..\n.h\nC\na\nb\n.h\nC\na\nb\nb\na\nC\nd\nd/a\nd/b\nd/\nd/\nf\n\nd:\nC\na\nb\n2\nf\n2\n',
    stderr:
      "ls: cannot access 'nothing': No such file or directory\nls: cannot access 'd/none': No such file or directory\n",
  },
  {
    name: 'ls: recursion and columns',
    script:
      'mkdir -p d/e/f; touch d/x d/e/y; ls -R d; ls -C d; mkdir g; cd g; touch aaaaaaaa bbbbbbbbbbbbbbbbbbbb cc ddddddddddddddd eeeeeeeeeeeeee ffffffffffffffffffff gggggggggg h i j kkkkkkkk; ls -C; ls -Cr',
    stdout:
      'd:\ne\nx\n\nd/e:\nf\ny\n\nd/e/f:\ne  x\naaaaaaaa\t      ddddddddddddddd\t    gggggggggg\tj\nbbbbbbbbbbbbbbbbbbbb  eeeeeeeeeeeeee\t    h\t\tkkkkkkkk\ncc\t\t      ffffffffffffffffffff  i\nkkkkkkkk  h\t\t\teeeeeeeeeeeeee\t bbbbbbbbbbbbbbbbbbbb\nj\t  gggggggggg\t\tddddddddddddddd  aaaaaaaa\ni\t  ffffffffffffffffffff\tcc\n',
  },
  {
    name: 'ls: the long form',
    script:
      "umask 022; printf hello > f; mkdir d; ln -s f l; chmod 640 f; chmod 1777 d; ls -ld f | cut -c 1-10; ls -l f | cut -d ' ' -f 1-5; ls -ld d | cut -c 1-10; ls -l l | sed 's/.* \\(l -> f\\)$/\\1/'; chmod 4755 f; ls -l f | cut -c 1-10; chmod 6644 f; ls -l f | cut -c 1-10; ls -n f | cut -d ' ' -f 3-5",
    stdout: '-rw-r-----\n-rw-r----- 1 root root 5\ndrwxrwxrwt\nl -> f\n-rwsr-xr-x\n-rwSr-Sr--\n0 0 5\n',
  },
  {
    name: 'ls: sizes',
    script:
      "printf '%5000s' x > f; printf a > g; ls -S; ls -Sr; ls -lh f | cut -d ' ' -f 5; ls -l | head -n 1 | cut -d ' ' -f 1",
    stdout: 'f\ng\ng\nf\n4.9K\ntotal\n',
  },
  {
    name: 'mkdir and rmdir',
    script:
      'mkdir a; mkdir a; echo $?; mkdir -p a/b/c; mkdir -p a/b; echo $?; mkdir x/y; echo $?; rmdir a; echo $?; rmdir a/b/c; ls a; rmdir -p a/b; ls; mkdir -v v; mkdir; echo $?; rmdir none; echo $?; mkdir -m 700 m; ls -ld m | cut -c 1-10; touch f; mkdir f; echo $?; mkdir f/g; echo $?',
    stdout: "1\n0\n1\n1\nb\nmkdir: created directory 'v'\n1\n1\ndrwx------\n1\n1\n",
    stderr:
      "mkdir: cannot create directory ‘a’: File exists\nmkdir: cannot create directory ‘x/y’: No such file or directory\nrmdir: failed to remove 'a': Directory not empty\nmkdir: missing operand\nTry 'mkdir --help' for more information.\nrmdir: failed to remove 'none': No such file or directory\nmkdir: cannot create directory ‘f’: File exists\nmkdir: cannot create directory ‘f/g’: Not a directory\n",
  },
  {
    name: 'rm',
    script:
      'touch a b; mkdir d; touch d/x; rm a; ls; rm a; echo $?; rm -f a; echo $?; rm d; echo $?; rm -r d; ls; rm -rf nothing; echo $?; rm; echo $?; mkdir e; rm -d e; ls; rm -v b; rm -r .; echo $?',
    stdout: "b\nd\n1\n0\n1\nb\n0\n1\nb\nremoved 'b'\n1\n",
    stderr:
      "rm: cannot remove 'a': No such file or directory\nrm: cannot remove 'd': Is a directory\nrm: missing operand\nTry 'rm --help' for more information.\nrm: refusing to remove '.' or '..' directory: skipping '.'\n",
  },
  {
    name: 'cp',
    script:
      'echo a > f; cp f g; cat g; mkdir d; cp f g d; ls d; cp -r d e; ls e; cp d x; echo $?; cp none x; echo $?; cp f; echo $?; cp; echo $?; cp f g none; echo $?; echo b > f; cp f d/g; cat d/g; cp -n f g; cat g; cp f f; echo $?; ln -s f l; cp l m; cp -P l n; ls -F; cp -v f o; cp -r d d/inside 2>/dev/null; echo $?',
    stdout: "a\nf\ng\nf\ng\n1\n1\n1\n1\n1\nb\na\n1\nd/\ne/\nf\ng\nl@\nm\nn@\n'f' -> 'o'\n1\n",
    stderr:
      "cp: -r not specified; omitting directory 'd'\ncp: cannot stat 'none': No such file or directory\ncp: missing destination file operand after 'f'\nTry 'cp --help' for more information.\ncp: missing file operand\nTry 'cp --help' for more information.\ncp: target 'none': No such file or directory\ncp: 'f' and 'f' are the same file\n",
  },
  {
    name: 'mv',
    script:
      'echo a > f; mv f g; cat g; ls; mkdir d; mv g d; ls d; mv none x; echo $?; mv d e; ls; touch x y; mv x y e; ls e; mv; echo $?; mv a; echo $?; touch a b; mv a b none; echo $?; mv a a; echo $?; mv -v a c; mv -n b c; ls',
    stdout: "a\ng\ng\n1\ne\ng\nx\ny\n1\n1\n1\n1\nrenamed 'a' -> 'c'\nb\nc\ne\n",
    stderr:
      "mv: cannot stat 'none': No such file or directory\nmv: missing file operand\nTry 'mv --help' for more information.\nmv: missing destination file operand after 'a'\nTry 'mv --help' for more information.\nmv: target 'none': No such file or directory\nmv: 'a' and 'a' are the same file\n",
  },
  {
    name: 'ln and readlink',
    script:
      'echo a > f; ln -s f l; cat l; readlink l; ln -s f l; echo $?; ln -sf g l; readlink l; cat l; readlink f; echo $?; mkdir d; ln -s ../f d; cat d/f; readlink d/f; here=$(pwd -P); ln -sf d k; p=$(readlink -f k/f); echo ${p#$here}; ln -s a b none; echo $?; rm l; ls',
    stdout: 'a\nf\n1\ng\n1\na\n../f\n/f\n1\nd\nf\nk\n',
    stderr:
      "ln: failed to create symbolic link 'l': File exists\ncat: l: No such file or directory\nln: target 'none': No such file or directory\n",
  },
  {
    name: 'touch',
    script: 'touch a b; ls; touch -c c; ls; touch none/x; echo $?; touch; echo $?',
    stdout: 'a\nb\na\nb\n1\n1\n',
    stderr:
      "touch: cannot touch 'none/x': No such file or directory\ntouch: missing file operand\nTry 'touch --help' for more information.\n",
  },
  {
    name: 'chmod',
    script:
      'touch f; chmod 600 f; ls -l f | cut -c 1-10; chmod u+x,go=r f; ls -l f | cut -c 1-10; chmod a-w f; ls -l f | cut -c 1-10; chmod +x f; ls -l f | cut -c 1-10; chmod 8 f; echo $?; chmod u+x none; echo $?; mkdir -p d/e; chmod -R 700 d; ls -ld d/e | cut -c 1-10; chmod; echo $?; chmod 644; echo $?; chmod o+X d f; ls -ld d f | cut -c 1-10',
    stdout: '-rw-------\n-rwxr--r--\n-r-xr--r--\n-r-xr-xr-x\n1\n1\ndrwx------\n1\n1\ndrwx-----x\n-r-xr-xr-x\n',
    stderr:
      "chmod: invalid mode: ‘8’\nTry 'chmod --help' for more information.\nchmod: cannot access 'none': No such file or directory\nchmod: missing operand\nTry 'chmod --help' for more information.\nchmod: missing operand after ‘644’\nTry 'chmod --help' for more information.\n",
  },
  {
    name: 'basename and dirname',
    script:
      'basename /a/b.c; basename /a/b.c .c; basename a/; basename /; basename .c .c; basename -s .c x.c y.c; basename -a a/b c/d; dirname /a/b; dirname a; dirname /a; dirname a/b/; dirname /; dirname a//b; dirname a b/c; basename; echo $?; dirname; echo $?',
    stdout: 'b.c\nb\na\n/\n.c\nx\ny\nb\nd\n/a\n.\n/\na\n/\na\n.\nb\n1\n1\n',
    stderr:
      "basename: missing operand\nTry 'basename --help' for more information.\ndirname: missing operand\nTry 'dirname --help' for more information.\n",
  },
  {
    name: 'find',
    script:
      "mkdir -p d/e; touch d/b d/a.txt d/e/c.txt; find d | sort; find d -name '*.txt' | sort; find d -type f | sort; find d -type d | sort; find d -maxdepth 1 | sort; find d -mindepth 2; find d -name e -o -name b | sort; find d ! -name '*.txt' | sort; find d -type f -name 'c*' -print; find d \\( -name b -o -name e \\) -print | sort; find d -empty -type f | sort; find d -name e -prune -o -type f -print | sort; find d -name c.txt -exec echo found {} \\; ; find d -name b -delete; ls d; find nothing; echo $?; find d -type q; echo $?; find d -name; echo $?; (cd d; find . -name 'c*'; find -iname 'A*')",
    stdout:
      'd\nd/a.txt\nd/b\nd/e\nd/e/c.txt\nd/a.txt\nd/e/c.txt\nd/a.txt\nd/b\nd/e/c.txt\nd\nd/e\nd\nd/a.txt\nd/b\nd/e\nd/e/c.txt\nd/b\nd/e\nd\nd/b\nd/e\nd/e/c.txt\nd/b\nd/e\nd/a.txt\nd/b\nd/e/c.txt\nd/a.txt\nd/b\nfound d/e/c.txt\na.txt\ne\n1\n1\n1\n./e/c.txt\n./a.txt\n',
    stderr:
      "find: ‘nothing’: No such file or directory\nfind: Unknown argument to -type: q\nfind: missing argument to `-name'\n",
  },
  {
    name: 'find: sizes',
    script:
      "printf 12345 > f; : > g; find . -type f -size +0 ; find . -type f -size 0; find . -size -6c -type f | sort; find . -path './f'",
    stdout: './f\n./g\n./f\n./g\n./f\n',
  },
  {
    name: 'cmp',
    script:
      "printf 'abc\\n' > f; printf 'abd\\n' > g; printf 'abc' > h; cmp f f; echo $?; cmp f g; echo $?; cmp -s f g; echo $?; cmp f h; echo $?; cmp -l f g; echo $?; cmp f none; echo $?",
    stdout: '0\nf g differ: byte 3, line 1\n1\n1\n1\n3 143 144\n1\n2\n',
    stderr: 'cmp: EOF on h after byte 3, in line 1\ncmp: none: No such file or directory\n',
  },
  {
    name: 'checksums',
    script:
      'printf hello > f; : > g; md5sum f g; sha256sum f g; printf hello | md5sum; md5sum none; echo $?; md5sum f g > sums; md5sum -c sums; echo x > f; md5sum -c sums; echo $?; seq 1000 | md5sum; seq 1000 | sha256sum; md5sum -b f',
    stdout:
      '5d41402abc4b2a76b9719d911017c592  f\nd41d8cd98f00b204e9800998ecf8427e  g\n2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  f\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  g\n5d41402abc4b2a76b9719d911017c592  -\n1\nf: OK\ng: OK\nf: FAILED\ng: OK\n1\n53d025127ae99ab79e8502aae2d9bea6  -\n67d4ff71d43921d5739f387da09746f405e425b07d727e4c69d029461d1f051f  -\n401b30e3b8b5d629635a5c613cdb7919 *f\n',
    stderr: 'md5sum: none: No such file or directory\nmd5sum: WARNING: 1 computed checksum did NOT match\n',
  },
  {
    name: 'hexdump, xxd and od',
    script:
      "printf 'Hello, world!\\n\\0\\377 and more text' > f; hexdump -C f; xxd f; od -c f; od -A x -t x1 f; xxd -p f; printf '%64s' ' ' > g; hexdump -C g; od -c g; xxd -l 5 f; hexdump -C -n 4 -s 2 f; od -A n -t u1 -N 4 f; : > e; hexdump -C e; od -c e; xxd e",
    stdout:
      '00000000  48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 21 0a 00 ff  |Hello, world!...|\n00000010  20 61 6e 64 20 6d 6f 72  65 20 74 65 78 74        | and more text|\n0000001e\n00000000: 4865 6c6c 6f2c 2077 6f72 6c64 210a 00ff  Hello, world!...\n00000010: 2061 6e64 206d 6f72 6520 7465 7874        and more text\n0000000   H   e   l   l   o   ,       w   o   r   l   d   !  \\n  \\0 377\n0000020       a   n   d       m   o   r   e       t   e   x   t\n0000036\n000000 48 65 6c 6c 6f 2c 20 77 6f 72 6c 64 21 0a 00 ff\n000010 20 61 6e 64 20 6d 6f 72 65 20 74 65 78 74\n00001e\n48656c6c6f2c20776f726c64210a00ff20616e64206d6f72652074657874\n00000000  20 20 20 20 20 20 20 20  20 20 20 20 20 20 20 20  |                |\n*\n00000040\n0000000                                                                \n*\n0000100\n00000000: 4865 6c6c 6f                             Hello\n00000002  6c 6c 6f 2c                                       |llo,|\n00000006\n  72 101 108 108\n0000000\n',
  },
];
