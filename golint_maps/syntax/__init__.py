"""From the bytes of one Go file to the IR: the only folder that touches tree-sitter, and it knows no other file.

May be imported by everything right of `source` in the one direction of imports; imports nothing of the project itself. Public face: `extract`
(bytes to `FileFacts`), `encode` and `decode` (`FileFacts` as bytes), and the structs in `golint_maps.syntax.ir`.
"""

from golint_maps.syntax.codec import decode, encode
from golint_maps.syntax.extract import extract

__all__ = ["decode", "encode", "extract"]
