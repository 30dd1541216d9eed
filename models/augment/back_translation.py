"""Back-translation: a text goes into another language and back, and comes home reworded.

Sennrich et al. 2016; as augmentation, Xie et al. 2020 (UDA), whose translations are sampled so that
one text has many views. CERT (Fang et al. 2020) takes two of them for a positive pair.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.augment.edited import Edited, compare
from models.encoders.folder import first_line, read_config, weight_files
from models.encoders.quiet import hush
from models.encoders.weights import Weights
from models.errors import InputError
from models.events import Progress, Work
from models.retrieval.sentences import sentences

_BATCH = 16
_LONGEST = 512  # tokens of one sentence, where the model names no limit of its own


@dataclass(frozen=True, slots=True)
class BackTranslation:
    """The two models, and how freely they word their translations.

    Attributes:
        there: folder of an encoder-decoder model that translates from the texts' language.
        back: folder of one that translates into it.
        temperature: of the sampling; 0 takes the likeliest word each time, so that every view of
            a text is the same. .9 is UDA's.

    Raises:
        InputError: a temperature below 0.
    """

    there: Path
    back: Path
    temperature: float = 0.9

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < float("inf"):
            raise InputError("The temperature of a translation must be 0 or more.")


class Translator:
    """A translation model that ``AutoModelForSeq2SeqLM`` loads, with its tokenizer.

    Raises:
        InputError: the folder holds no such model, its weights are no safetensors or incomplete,
            or its tokenizer has more tokens than the model.
    """

    def __init__(self, folder: Path) -> None:
        if not read_config(folder).get("is_encoder_decoder"):
            raise InputError(f"The model in {folder} does not translate: it has no decoder.")
        Weights(weight_files(folder))  # refuses damaged files in our own words
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

        hush()
        where: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, **where)
            self._model, report = AutoModelForSeq2SeqLM.from_pretrained(
                folder, use_safetensors=True, output_loading_info=True, **where
            )
            self._model.float().eval()
        except Exception as error:
            # Whatever a foreign architecture makes the library raise is about the user's folder.
            reason = first_line(error)
            raise InputError(f"The model in {folder} could not be loaded ({reason}).") from error
        if missing := sorted(report["missing_keys"]):
            raise InputError(f"The weights in {folder} have no tensor named {missing[0]}.")
        if len(self._tokenizer) > self._model.get_input_embeddings().num_embeddings:
            raise InputError(f"The tokenizer in {folder} does not fit its model's vocabulary.")
        self.folder = folder
        own = getattr(self._model.config, "max_position_embeddings", None)
        self._longest = min(_LONGEST, own or _LONGEST, self._tokenizer.model_max_length)

    def __call__(self, texts: Sequence[str], temperature: float, seed: int) -> list[str]:
        """The translation of each sentence; what is over the model's length is left out.

        Raises:
            InputError: the model cannot generate.
        """
        import torch

        inputs = self._tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=self._longest,
            return_tensors="pt",
            return_token_type_ids=False,
        )
        how: dict[str, Any] = {"do_sample": False, "num_beams": 1}
        if temperature:
            how = {"do_sample": True, "num_beams": 1, "temperature": temperature, "top_k": 0}
        room = min(self._longest - 1, 2 * inputs["input_ids"].shape[1] + 16)
        # The library draws from torch's own source of random numbers, which is put back after.
        with torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            try:
                made = self._model.generate(**inputs, max_new_tokens=room, **how)
            except (ValueError, IndexError, AttributeError) as error:
                reason = first_line(error)
                raise InputError(
                    f"The model in {self.folder} cannot translate ({reason})."
                ) from error
        said: list[str] = self._tokenizer.batch_decode(made, skip_special_tokens=True)
        return [" ".join(text.split()) for text in said]


@lru_cache(maxsize=2)
def _translator(folder: Path) -> Translator:
    """A model stays loaded until two others have been used."""
    return Translator(folder)


def back_translate(
    texts: Sequence[str], spec: BackTranslation, seed: int = 0
) -> Work[tuple[Edited, ...]]:
    """One view of each text, sentence by sentence, as such models were trained.

    The same texts, spec and seed give the same views. The models are loaded when first needed.

    Args:
        texts: in the language that ``spec.there`` translates from.
        spec: the models and their temperature.
        seed: where every random number comes from.

    Returns:
        For each text its view, with the words marked that differ. A text of which nothing comes
        back, or that has no sentence, is left as it is.

    Raises:
        InputError: a model cannot be loaded or used.
    """
    rng = random.Random(seed)
    owners, pieces = [], []
    for number, text in enumerate(texts):
        for start, end in sentences(text):
            owners.append(number)
            pieces.append(text[start:end])
    returned: list[str] = []
    for start in range(0, len(pieces), _BATCH):
        said: Sequence[str] = pieces[start : start + _BATCH]
        for folder in (spec.there, spec.back):
            yield Progress("Translating", start, len(pieces), "sentences")
            said = _translator(folder)(said, spec.temperature, rng.getrandbits(63))
        returned += said
    yield Progress("Translating", len(pieces), len(pieces), "sentences")
    views: list[list[str]] = [[] for _ in texts]
    for owner, view in zip(owners, returned, strict=True):
        views[owner] += [view] if view else []
    made = zip(texts, views, strict=True)
    return tuple(compare(text, " ".join(view) or text) for text, view in made)
