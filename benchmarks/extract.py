"""What extraction costs compared with parsing alone: `python benchmarks/extract.py DIRECTORY`.

Prints CPU seconds for parsing, extracting (parsing included), encoding and decoding all Go files below the directory, one process, files warm.
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from tree_sitter import Parser

from golint_maps.syntax import decode, encode, extract
from golint_maps.syntax.ir import FileFacts
from golint_maps.syntax.kinds import LANGUAGE


def main(directory: str) -> None:
    """Measure and print one table."""
    texts = [path.read_bytes() for path in sorted(Path(directory).rglob("*.go")) if path.is_file()]
    size = sum(map(len, texts))
    gc.disable()
    start = time.process_time()
    for text in texts:
        Parser(LANGUAGE).parse(text)
    parsing = time.process_time() - start
    extracting = encoding = decoding = 0.0
    blobs = functions = damaged = 0
    for text in texts:
        start = time.process_time()
        facts: FileFacts = extract(text)
        extracted = time.process_time()
        blob = encode(facts)
        encoded = time.process_time()
        decode(blob)
        decoding += time.process_time() - encoded
        encoding += encoded - extracted
        extracting += extracted - start
        blobs += len(blob)
        functions += len(facts.functions)
        damaged += bool(facts.errors)
    print(f"files {len(texts)}  MB {size / 1e6:.1f}  functions {functions}  files with errors {damaged}")
    for name, seconds in (("parse", parsing), ("extract", extracting), ("encode", encoding), ("decode", decoding)):
        print(f"{name:8} {seconds:7.2f} CPU s  {seconds / parsing:5.2f} x parse")
    print(f"blobs    {blobs / 1e6:7.1f} MB     {blobs / size:5.2f} x source")


if __name__ == "__main__":
    main(sys.argv[1])
