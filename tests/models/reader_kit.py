"""Questions over a handful of words, and a tiny BERT that can learn to answer them."""

import json
from dataclasses import replace

import tiny

from models.reader.recipe import PRESETS

_WHO = ("cat", "dog")
_WHERE = ("mat", "home", "paris", "france", "capital")


def squad(folder, answerable_only=False):
    """A file in SQuAD's form: who sat where, ten articles of five paragraphs."""
    articles = []
    for a in range(10):
        paragraphs = []
        for p in range(5):
            here = [_WHERE[(a + p + n) % 5] for n in range(2)]
            text = f"the {_WHO[0]} sat on {here[0]} . the {_WHO[1]} ran away from {here[1]} ."
            qas = [
                _asked(f"{a}{p}{n}", f"where is {who} ?", text, here[n])
                for n, who in enumerate(_WHO)
            ]
            if not answerable_only:
                qas.append({"id": f"{a}{p}x", "question": "who is passage ?", "answers": []})
            paragraphs.append({"context": text, "qas": qas})
        articles.append({"title": f"Article {a}", "paragraphs": paragraphs})
    path = folder / "squad.json"
    path.write_text(json.dumps({"version": "2.0", "data": articles}))
    return path


def _asked(name, question, text, answer):
    at = text.rindex(answer)
    return {"id": name, "question": question, "answers": [{"text": answer, "answer_start": at}]}


def base(folder):
    """The folder of a tiny BERT, written there."""
    tiny.save_bert(folder)
    return folder


def recipe(folder, steps=150, **settings):
    """A recipe that learns these questions in seconds."""
    small = PRESETS["laptop"]
    return replace(
        small,
        settings=replace(
            small.settings,
            epochs=None,
            steps=steps,
            batch=16,
            rate=3e-3,
            frames=3,
            measurements=2,
            **settings,
        ),
        net=replace(small.net, base=str(folder), max_length=40, reads=40, dropout=0.0),
        probe=6,
    )
