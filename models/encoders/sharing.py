"""One copy of a transformer's weights, however many encoders go through it."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from models.encoders.auto import AutoBackbone
from models.encoders.bert import Bert, is_plain_bert
from models.encoders.folder import weight_files
from models.encoders.text_encoder import Backbone
from models.encoders.weights import Weights
from models.files import content_key

_loading = Lock()
_in_use: WeakValueDictionary[str, Backbone] = WeakValueDictionary()


def transformer(home: Path, config: dict[str, Any], hashes: Sequence[str]) -> Backbone:
    """The transformer in ``home``: the one that another encoder holds, or else a new one.

    Several views look through one encoder, each pooled in its own way, and none changes it.

    Args:
        home: its folder.
        config: its config.json.
        hashes: names and hashes of all its files, by which it is known again.

    Raises:
        InputError: a file is damaged, or asks for what is not supported.
    """
    key = content_key(*hashes)
    with _loading:
        found = _in_use.get(key)
        if found is None:
            if is_plain_bert(config):
                found = Bert(config, Weights(weight_files(home)))
            else:
                found = AutoBackbone(home, config)
            _in_use[key] = found
    return found
