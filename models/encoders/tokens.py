"""Texts to token ids by a model's own tokenizer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Encoding, Tokenizer

from models.encoders.base import Text
from models.encoders.folder import first_line, read_object
from models.errors import InputError

#: Characters from the first up to the one before the second.
Span = tuple[int, int]

_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "*.spm")


def tokenizer_files(folder: Path) -> tuple[Path, ...]:
    """All files from which a tokenizer is made.

    Raises:
        InputError: there is none.
    """
    found = [path for pattern in _TOKENIZERS for path in sorted(folder.glob(pattern))]
    if not found:
        raise InputError(f"{folder} has neither tokenizer.json nor vocab.txt: no tokenizer.")
    extras = (folder / "tokenizer_config.json", folder / "merges.txt")
    return (*found, *(path for path in extras if path.is_file()))


def read_tokenizer(folder: Path) -> Tokenizer:
    """tokenizer.json, or BERT's WordPiece made from vocab.txt and tokenizer_config.json.

    Raises:
        InputError: neither is there, or what is there is damaged.
    """
    tokenizer_files(folder)
    whole, words = folder / "tokenizer.json", folder / "vocab.txt"
    try:
        if whole.is_file():
            return Tokenizer.from_file(str(whole))
        config = read_object(folder / "tokenizer_config.json", optional=True)
        return _wordpiece(words, config)
    except InputError:
        raise
    except Exception as error:  # the library raises plain Exception for a damaged file
        damaged = whole if whole.is_file() else words
        raise InputError(f"{damaged} is no usable tokenizer ({first_line(error)}).") from error


def _wordpiece(words: Path, config: Mapping[str, Any]) -> Tokenizer:
    from tokenizers import BertWordPieceTokenizer

    made = BertWordPieceTokenizer(
        str(words),
        lowercase=bool(config.get("do_lower_case", True)),
        strip_accents=config.get("strip_accents"),
        handle_chinese_chars=bool(config.get("tokenize_chinese_chars", True)),
    )
    # The wrapper adds Python conveniences; the tokenizer proper is what it holds.
    return Tokenizer.from_str(made.to_str())


def auto_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer that the transformers library makes for an architecture it loads.

    Raises:
        InputError: it cannot make one.
    """
    tokenizer_files(folder)
    from transformers import AutoTokenizer

    try:
        made = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        return Tokenizer.from_str(made.backend_tokenizer.to_str())
    except Exception as error:
        reason = first_line(error)
        raise InputError(f"The tokenizer in {folder} could not be loaded ({reason}).") from error


def ready(tokenizer: Tokenizer, max_length: int, lowercase: bool) -> Tokenizer:
    """Sets truncation that keeps the special tokens at the end; padding is the model's concern."""
    from tokenizers.normalizers import Lowercase, Sequence

    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length)
    if lowercase:
        own = [tokenizer.normalizer] if tokenizer.normalizer is not None else []
        tokenizer.normalizer = Sequence([Lowercase(), *own])
    return tokenizer


@dataclass(frozen=True)
class Tokens:
    """Token ids of texts.

    Attributes:
        prompt: stands before every text.
        paired: a title becomes the first segment, ``[CLS] title [SEP] text [SEP]`` (Karpukhin et
            al. 2020, §5), instead of standing before the text with a space between (BEIR).
    """

    tokenizer: Tokenizer
    prompt: str = ""
    paired: bool = False

    def __call__(self, texts: Sequence[Text]) -> list[list[int]]:
        """Ids of each text. A text of which the tokenizer makes nothing becomes token 0."""
        return [encoding.ids or [0] for encoding in self.encodings(texts)]

    def encodings(self, texts: Sequence[Text]) -> list[Encoding]:
        """What the tokenizer makes of each text, with the place of each token in its input."""
        return self.tokenizer.encode_batch([self._input(text) for text in texts])

    def words(self, text: Text) -> tuple[list[int], tuple[Span | None, ...]]:
        """Ids of one text as above, and for each the span of characters of the word it is of.

        Spans count in the text itself. None stands for special tokens, the prompt and the title.
        """
        given = self._input(text)
        (encoding,) = self.encodings([text])
        body = text if isinstance(text, str) else text[1]
        segment, skipped = (1, 0) if isinstance(given, tuple) else (0, len(given) - len(body))
        joined: dict[int, Span] = {}
        for word, part, (start, end) in zip(
            encoding.word_ids, encoding.sequence_ids, encoding.offsets, strict=True
        ):
            if word is None or part != segment or start < skipped or end <= start:
                continue
            first, _ = joined.get(word, (start - skipped, end))
            joined[word] = (first, end - skipped)
        spans = tuple(
            joined.get(word) if word is not None and part == segment else None
            for word, part in zip(encoding.word_ids, encoding.sequence_ids, strict=True)
        )
        return (list(encoding.ids), spans) if encoding.ids else ([0], (None,))

    def _input(self, text: Text) -> Text:
        title, body = ("", text) if isinstance(text, str) else text
        title, body = _encodable(title), _encodable(body)
        if title and self.paired:
            return title, body
        return self.prompt + (f"{title} {body}" if title else body)


def _encodable(text: str) -> str:
    """Half a surrogate pair, which no tokenizer takes, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
