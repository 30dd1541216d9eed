"""English words that carry a sentence's grammar more than its content."""

_PRONOUNS = """
    i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his
    himself she her hers herself it its itself they them their theirs themselves one oneself who
    whom whose which what whoever whatever whichever this that these those each other another
    anybody anyone anything everybody everyone everything nobody none nothing somebody someone
    something
"""
_VERBS = """
    be am is are was were been being have has had having do does did doing done can could may might
    must shall should will would ought
"""
_PARTICLES = """
    a an the and or but nor so yet if then else than as because since while whereas although though
    unless until whether of at by for with about against between among into through during before
    after above below to from up down in out on off over under within without toward towards upon
    across along around behind beside besides beyond near onto per via not no yes all any both
    either neither few many more most much several some such own same only just too very also even
    still again further once ever never always often here there where when why how now however
"""
_SHORT = """
    don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't can't cannot couldn't
    mustn't shan't shouldn't won't wouldn't i'm i've i'd i'll you're you've you'd you'll he's he'd
    he'll she's she'd she'll it's it'd it'll we're we've we'd we'll they're they've they'd they'll
    that's there's here's what's who's where's when's why's how's let's
"""

_STRAIGHT = frozenset(f"{_PRONOUNS} {_VERBS} {_PARTICLES} {_SHORT}".split())

#: In lower case, with straight and with curved apostrophes.
STOP_WORDS = _STRAIGHT | {word.replace("'", "’") for word in _STRAIGHT}
