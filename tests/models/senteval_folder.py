"""A folder laid out as SentEval's, small, with the oddities that the published one has."""

import numpy as np

GOOD = ("a fine warm film", "she loved the bright song", "what a glad and lovely day")
BAD = ("a dull cold film", "he hated the grey noise", "what a sad and weary night")
SICK_HEADER = "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment"


def put(path, text, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))


def sts_year(home, year, subsets):
    """``subsets``: name → list of (first, second, gold); None is a pair without judgement."""
    folder = home / "STS" / f"{year}-en-test"
    for name, pairs in subsets.items():
        put(folder / f"STS.input.{name}.txt", "".join(f"{a}\t{b}\n" for a, b, _ in pairs))
        golds = ["" if gold is None else str(gold) for _, _, gold in pairs]
        put(folder / f"STS.gs.{name}.txt", "".join(f"{gold}\n" for gold in golds))


def benchmark(home, split="test"):
    """Four pairs; a quotation mark that is never closed, and two columns of licences."""
    put(
        home / "STS" / "STSBenchmark" / f"sts-{split}.csv",
        "main\tMSRvid\t2012test\t1\t5.000\tA cat sat.\tA cat sat.\n"
        'main\tMSRvid\t2012test\t2\t3.2\tA "cat sat.\tThe cat ran.\n'
        "main\tforum\t2015\t3\t2\tDogs bark.\tDogs bark loudly now.\tlicence one\tlicence two\n"
        "main\tforum\t2015\t4\t0\tRain falls.\tNo train runs.\n",
    )


def sick(home):
    put(
        home / "SICK" / "SICK_test_annotated.txt",
        f"{SICK_HEADER}\r\n"
        "6\tA boy plays\tA boy is playing\t4.7\tENTAILMENT\r\n"
        "7\tA boy plays\tNo boy plays\t3.3\tCONTRADICTION\r\n"
        "8\tA man runs\tA tree grows\t1\tNEUTRAL\r\n",
    )


def sentences(count, seed=0):
    """``count`` good and ``count`` bad sentences that a bag of words can mostly tell apart."""
    rng = np.random.default_rng(seed)
    filler = [f"word{n}" for n in range(30)]

    def one(kinds):
        return f"{rng.choice(kinds)} {' '.join(rng.choice(filler, 3))}"

    return [one(GOOD) for _ in range(count)], [one(BAD) for _ in range(count)]


def folded(home, task, good_name, bad_name, count=24):
    good, bad = sentences(count)
    put(home / task / good_name, "".join(f"{text}\n" for text in good))
    put(home / task / bad_name, "".join(f"{text}\n" for text in bad))


def sst(home, count=20):
    """Labels before the sentences of the training set, behind those of the others."""
    for seed, split in enumerate(("train", "dev", "test")):
        good, bad = sentences(count, seed)
        rows = [(text, 1) for text in good] + [(text, 0) for text in bad]
        lines = [f"{label} {text}" if seed == 0 else f"{text}\t{label}" for text, label in rows]
        put(home / "SST" / "binary" / f"sentiment-{split}", "\n".join(lines) + "\n")


def trec(home, count=15):
    good, bad = sentences(count)
    lines = [f"LOC:city {text} ?" for text in good] + [f"NUM:dist {text} ?" for text in bad]
    text = "\n".join([*lines, "LOC:other Où est le café\x85 ?"]) + "\n"
    put(home / "TREC" / "train_5500.label", text, "latin-1")
    put(home / "TREC" / "TREC_10.label", "\n".join(lines[::5]) + "\n")


def mrpc(home, names=("msr_paraphrase_train.txt", "msr_paraphrase_test.txt"), count=20):
    good, _ = sentences(count)
    header = "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"
    same = [f'1\t1\t2\t"{text}, he said.\t{text}, he said"' for text in good]
    apart = [f"0\t1\t2\t{text}\t{other}" for text, other in zip(good, good[::-1], strict=True)]
    for name in names:
        put(home / "MRPC" / name, "\ufeff" + "\r\n".join([header, *same, *apart]) + "\r\n")
