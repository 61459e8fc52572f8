"""What Python's clients make of texts. In: {"urls": [...], "labels": [...], "json": [...], "types": [...]}; out: a list of outcomes for each."""
import json
import sys
import urllib.parse

import requests
import urllib3
from requests.utils import get_encoding_from_headers

job = json.load(sys.stdin)


def outcome(body):
    try:
        return body()
    except RecursionError:
        return 'RecursionError'
    except Exception as error:
        return '%s: %s' % (type(error).__name__, error)


def url(text):
    parts = urllib.parse.urlsplit(text)
    return {
        'prepared': outcome(lambda: requests.Request('GET', text, params={'k': text}).prepare().url),
        'parsed': outcome(lambda: urllib3.util.parse_url(text).url),
        'split': outcome(lambda: [parts.scheme, parts.netloc, parts.path, parts.query, parts.fragment]),
        'joined': outcome(lambda: urllib.parse.urljoin('http://base.test/a/b/c?d', text)),
        'quoted': urllib.parse.quote(text) + ' ' + urllib.parse.quote_plus(text),
        'unquoted': ascii(urllib.parse.unquote_to_bytes(text)),
    }


def label(text):
    try:
        return urllib3.util.url._idna_encode(text).decode()
    except Exception:
        return None


def split_fails(text):
    try:
        urllib.parse.urlsplit(text)
        return False
    except ValueError:
        return True


json.dump({
    'urls': [None if split_fails(text) else url(text) for text in job['urls']],
    'labels': [label(text) for text in job['labels']],
    'json': [outcome(lambda: json.dumps(json.loads(text), sort_keys=False)) for text in job['json']],
    'types': [outcome(lambda: get_encoding_from_headers({'content-type': text})) for text in job['types']],
}, sys.stdout)
