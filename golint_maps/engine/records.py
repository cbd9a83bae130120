"""What the engine keeps of files and packages: values that go between processes and into the cache."""

from __future__ import annotations

from typing import Final

import msgspec

from golint_maps.directives import FileDirectives
from golint_maps.source import Header, SourceFile
from golint_maps.syntax import ir

MAX_FILE_SIZE: Final = 16 << 20
"""Bytes of a file that is read. The parser's tree takes about 30 times as much memory."""


class FileRecord(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a file's content without its facts. `flaw` says what is wrong with its bytes; `exports` is a digest of them."""

    package: str
    build: str
    generated: bool
    imports: tuple[str, ...]
    lines: int
    errors: tuple[ir.ParseError, ...]
    flaw: str
    directives: FileDirectives
    exports: bytes

    @property
    def header(self) -> Header:
        """The header, as discovery would read it."""
        return Header(self.package, self.build, self.generated)


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What an analysis was told when it asked for a package: a digest of the package, or nothing where there is no source."""

    importer: str
    wanted: str
    digest: bytes


class Import(msgspec.Struct, frozen=True, array_like=True):
    """An import by a package of a directory in a configuration, and a digest of what it got: empty where there is no source."""

    directory: str
    configuration: str
    wanted: str
    digest: bytes


class StoredFacts(msgspec.Struct, frozen=True, array_like=True):
    """The facts of a package, and what they depend on besides its own files."""

    answers: tuple[Answer, ...]
    facts: msgspec.Raw


class TreeEntry(msgspec.Struct, frozen=True, array_like=True):
    """A file as it was when it was last read: whoever finds the same size and times need not read it again."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    content: bytes
    record: FileRecord

    def shows(self, file: SourceFile) -> bool:
        """Tell whether a file is as it was. Its modification time alone would not tell: tools set it back, and permissions do not move it."""
        return (self.size, self.mtime_ns, self.ctime_ns) == (file.size, file.mtime_ns, file.ctime_ns)


class Tree(msgspec.Struct, frozen=True, array_like=True):
    """The files of one call as the last run saw them: its own, and those of packages that they import from elsewhere."""

    files: tuple[TreeEntry, ...] = ()
    outside: tuple[TreeEntry, ...] = ()


RECORD: Final = msgspec.msgpack.Decoder(FileRecord)
STORED_FACTS: Final = msgspec.msgpack.Decoder(StoredFacts)
TREE: Final = msgspec.msgpack.Decoder(Tree)
ENCODER: Final = msgspec.msgpack.Encoder()
