"""What doc comments promise on concurrent use: of types, of functions, and of the package."""

from __future__ import annotations

import re
from typing import Final

from golint_maps.flow.files import of_file
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types.scope import receiver_name

SAFE: Final = "safe"
UNSAFE: Final = "unsafe"

_SAFE: Final = re.compile(
    r"\bsafe (?:for|to use|to be used|to call)\b.{0,40}(?:concurren|parallel|simultaneous|goroutines|threads)"
    r"|\b(?:goroutine|thread|concurrency)[- ]?safe\b"
    r"|\b(?:may|can) (?:safely )?be (?:used|called|accessed|shared) "
    r"(?:concurrently|simultaneously|(?:by|from|among|between) (?:multiple|several|many|different) goroutines)"
)
_CONDITION: Final = re.compile(
    r"\b(?:only|after|once|if|unless|except|provided|until|when|while|but|other|some|such|these|those|reads?|readers?|long|before|todo|should|make|making|want|need)\b"
)
_UNSAFE: Final = re.compile(
    r"(?:\bnot|n't|\bnever|\bnor|\bno|\bneither)\b.{0,60}(?:concurren|goroutine|thread|parallel|simultaneous|synchroni|\bsafe)"
    r"|\bunsafe\b|\bnon-?(?:thread|concurren)|\bsingle[- ](?:goroutine|thread)|\bunsynchroni"
    r"|\bcalls?\b.{0,60}\b(?:guarded|protected) (?:by|with)\b.{0,20}\block"
    r"|(?<!called )(?<!call )without (?:(?:a|any|the|holding|taking) )*lock(?:s|ing)?\b"
    r"|caller.{0,60}(?:synchroni|\block|mutex|serial|\bhold)|external(?:ly)? synchroni|must (?:be )?(?:synchroni|hold|lock|protect)"
    r"|\b(?:must|should|may|can)(?: only| not)? be (?:only )?called (?:only )?(?:from|in|inside|within|before|after|during)\b"
    r"|(?:^|\bis |\bare )(?:only )?called (?:only )?(?:after|before)\b"
    r"|\bduring (?:\w+ ){0,2}(?:initiali[sz]ation|start-?up|set-?up)\b.{0,40}\bcalled\b"
    r"|\b(?:only|intended|meant|exposed|exported)\b.{0,20}\b(?:for|in|by|from) (?:\w+ )?tests?(?:ing)?\b|\btests? only\b|\btest isolation\b"
    r"|\bfor (?:the )?tests?(?:ing)? purposes?\b"
)
"""Also where a comment says from where, or when, a function is called, or that it is for tests: whoever calls it keeps to that."""
_OF_ALL: Final = re.compile(r"\b(?:all|every|everything|each)\b.{0,60}\b(?:types?|methods?|functions?|exported|package)\b.{0,40}\bsafe\b")
"""What a comment on a package says of all that is in it, and not of what the package is about."""
_TALKS: Final = re.compile(r"safe|called|concurren|parallel|simultaneous|goroutine|thread|synchroni|\block|mutex|serial|hold|protect|\btest")
"""What every promise has in it: most comments have not, and need not be taken apart."""
_SENTENCE: Final = re.compile(r"(?<=[.;!?])\s+|\n\s*\n")


def promise(doc: str) -> str:
    """Return `safe`, `unsafe`, or an empty string where a comment promises nothing, or not without conditions."""
    result = ""
    text = doc.lower()
    for sentence in _SENTENCE.split(text) if _TALKS.search(text) else ():
        text = " ".join(sentence.split())
        if _UNSAFE.search(text):
            return UNSAFE
        if _SAFE.search(text) and not _CONDITION.search(text):
            result = SAFE
    return result


def promises(package: PackageView) -> dict[str, str]:
    """Return the promises of a package by what they are on: `path`, `path.Type`, `path.Function`, `path.Type.Method`."""
    path = package.scope.path
    doc = "\n\n".join(file.package_doc for file in package.scope.files if file.package_doc)
    found = promise(doc)
    promised = {path: found} if found else {}
    if found == SAFE and _OF_ALL.search(" ".join(doc.lower().split())):
        promised.update((f"{path}.{name}", SAFE) for name in package.scope.types if name[:1].isupper())
    for number in sorted(package.primary):
        promised.update((f"{path}.{name}", said) for name, said in of_file(package.scope.files[number], _promised_in))
    return promised


def _promised_in(file: ir.FileFacts) -> list[tuple[str, str]]:
    promised = [(declared.name, said) for declared in file.types if declared.doc and (said := promise(declared.doc))]
    for function in file.functions:
        if function.doc and function.parent < 0 and (said := promise(function.doc)):
            owner = f"{receiver_name(function.receiver_type)}." if function.receiver_type is not None else ""
            promised.append((f"{owner}{function.name}", said))
    return promised
