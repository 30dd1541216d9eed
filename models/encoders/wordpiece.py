"""A vocabulary of pieces of words (WordPiece, Schuster & Nakajima 2012) made from texts, as BERT
has it: lower-cased, and pieces within a word begin with ##."""

from collections.abc import Iterable, Iterator
from typing import Any

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WITHIN = "##"
_CHARACTERS = 1000  # the commonest ones; a word with others is unknown
_PRIVATE = 0xF0000  # first of 65,534 code points that no text has


def make_wordpiece(texts: Iterable[str], size: int) -> Any:
    """A tokenizer of the tokenizers library that puts [CLS] and [SEP] around a text.

    The library's own trainer numbers pieces in an order that changes from run to run, and breaks
    ties by it. Here the characters within words are given code points of their own before its
    trainer of byte pairs sees them, which sorts; the same texts give the same vocabulary.

    Args:
        size: pieces at most, special tokens included.
    """
    from tokenizers import BertWordPieceTokenizer, Tokenizer
    from tokenizers.models import BPE
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from tokenizers.trainers import BpeTrainer

    plain = BertWordPieceTokenizer(lowercase=True)
    inner: dict[str, str] = {}
    learner = Tokenizer(BPE())
    learner.pre_tokenizer = WhitespaceSplit()
    trainer = BpeTrainer(
        vocab_size=size - len(SPECIAL), limit_alphabet=2 * _CHARACTERS, show_progress=False
    )
    words = (word for text in texts for word in _words(plain, text))
    learner.train_from_iterator((_marked(word, inner) for word in words), trainer)
    found = learner.get_vocab()
    outer = {private: character for character, private in inner.items()}
    pieces = [_piece(token, outer) for token in sorted(found, key=lambda token: found[token])]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys([*SPECIAL, *pieces]))}
    return BertWordPieceTokenizer(vocabulary, lowercase=True)


def _words(tokenizer: Any, text: str) -> Iterator[str]:
    """The words of a text, lower-cased; a punctuation mark is a word."""
    clean = tokenizer.normalizer.normalize_str(text.encode("utf-8", "replace").decode("utf-8"))
    return (word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(clean))


def _marked(word: str, inner: dict[str, str]) -> str:
    """``word`` with the private stand-ins of all its characters but the first."""
    rest = (inner.setdefault(c, chr(_PRIVATE + len(inner) % 0xFFFE)) for c in word[1:])
    return word[:1] + "".join(rest)


def _piece(token: str, outer: dict[str, str]) -> str:
    """What a token of marked words is called in a vocabulary of WordPiece."""
    text = "".join(outer.get(c, c) for c in token)
    return text if token[0] not in outer else _WITHIN + text
