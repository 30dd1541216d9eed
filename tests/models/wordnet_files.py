"""A tiny WordNet, written as WNDB(5WN) describes it."""

_TYPES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_PREAMBLE = "  1 Some words about the file.  \n  2 And a second line.  \n"
#: By kind, the synsets, each a list of words; a lemma's commoner senses come first.
SYNSETS = {
    "noun": [["cat", "true_cat"], ["guy", "cat", "hombre"], ["mouse"], ["mouse", "computer_mouse"]],
    "verb": [["run", "go"], ["sit", "seat"], ["stop", "halt"]],
    "adj": [["big", "large(p)"], ["big", "well-grown", "R2D2"]],
    "adv": [],
}
IRREGULAR = {"noun": "mice mouse\n", "verb": "ran run\nsat sit\n"}


def write_wordnet(folder, ends="\n"):
    """Writes the files; ``ends`` may be Windows' line ends, put in afterwards as git does."""
    folder.mkdir(exist_ok=True)
    for kind, synsets in SYNSETS.items():
        data, places = _PREAMBLE, {}
        for words in synsets:
            place = f"{len(data):08d}"
            fields = " ".join(f"{word} 0" for word in words)
            data += f"{place} 05 {_TYPES[kind]} {len(words):02x} {fields} 000 | a gloss  \n"
            for word in words:
                places.setdefault(word.partition("(")[0].lower(), []).append(place)
        index = _PREAMBLE
        for lemma in sorted(places, key=str.encode):
            count = len(places[lemma])
            offsets = " ".join(places[lemma])
            index += f"{lemma} {_TYPES[kind]} {count} 1 @ {count} 0 {offsets}  \n"
        (folder / f"data.{kind}").write_bytes(data.replace("\n", ends).encode())
        (folder / f"index.{kind}").write_bytes(index.replace("\n", ends).encode())
        if kind in IRREGULAR:
            (folder / f"{kind}.exc").write_text(IRREGULAR[kind])
    return folder
