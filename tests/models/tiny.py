"""Tiny random models, written by the libraries whose folders are to be read."""

import json

_TEXT = (
    "the cat sat on a mat dog ran far away from home paris is in france capital of "
    "who where what when query passage : question . , ? ! ##s ##ing"
)
WORDS = _TEXT.split()
SPECIAL = ["[UNK]", "[PAD]", "[CLS]", "[SEP]", "[MASK]"]  # [PAD] is 1, as in RoBERTa


def bert_config(kind=None, **changes):
    """A BERT of 3 layers with a vocabulary of WORDS."""
    from transformers import BertConfig

    values = {
        "vocab_size": len(SPECIAL) + len(WORDS),
        "hidden_size": 24,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "intermediate_size": 40,
        "max_position_embeddings": 64,
        "pad_token_id": 1,
        "initializer_range": 0.3,  # so that texts differ clearly
    }
    return (kind or BertConfig)(**{**values, **changes})


def tokenizer():
    """A WordPiece tokenizer of transformers over WORDS."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: number for number, word in enumerate(SPECIAL + WORDS)}
    return PreTrainedTokenizerFast(
        tokenizer_object=BertWordPieceTokenizer(vocabulary)._tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
    )


def save(model, folder, *, tokenizer_json=True):
    """Writes a model with its tokenizer and returns the model in evaluation mode."""
    model.save_pretrained(folder)
    if tokenizer_json:
        tokenizer().save_pretrained(folder)
    else:
        (folder / "vocab.txt").write_text("\n".join(SPECIAL + WORDS) + "\n")
    return model.eval()


def save_bert(folder, **kwargs):
    """A random BertModel."""
    import torch
    from transformers import BertModel

    torch.manual_seed(7)
    return save(BertModel(bert_config()), folder, **kwargs)


def edit(path, **changes):
    """Changes keys of a JSON file; a value of None removes the key."""
    values = {**json.loads(path.read_text()), **changes}
    path.write_text(json.dumps({k: v for k, v in values.items() if v is not None}))
