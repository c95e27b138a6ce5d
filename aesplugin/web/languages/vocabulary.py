"""The English phrases of services and of the catalog that the page shows in other languages.

Texts are translated by what they are, not where they were made: what a model said of a photo lies
in the catalog in English. `tests/web/test_vocabulary.py` holds the list to the services' own.
"""

from typing import Final

from aesplugin.web.languages.job_phrases import JOBS
from aesplugin.web.languages.phrases import Phrase, counted_phrase, phrase

_LISTS: Final = (
    phrase("{one}; {more}"),
    phrase("{one}, {more}"),
    phrase("+ {reason}"),
    phrase("\N{MINUS SIGN} {reason}"),
    phrase("{reason} (eyes not checked)"),
)

_CONTENT: Final = (
    phrase("portrait"), phrase("group"), phrase("street"), phrase("event"), phrase("landscape"),
    phrase("architecture"), phrase("interior"), phrase("wildlife"), phrase("pet"),
    phrase("macro"), phrase("flower"), phrase("food"), phrase("sport"), phrase("vehicle"),
    phrase("night"), phrase("object"), phrase("aerial"), phrase("other"), phrase("graphic"),
    phrase("document"), phrase("scientific"), phrase("scientific image"),
    phrase("{kind}, not a photograph"),
    phrase("{shown}; keywords: {word}"), phrase("keywords: {word}"), phrase("kind: {kind}"),
    phrase("shows {thing} ({kind})"), phrase("shows {thing}"),
)  # fmt: skip

_SUBJECTS: Final = (
    phrase("a cat"), phrase("a dog"), phrase("a bird"), phrase("a horse"), phrase("an insect"),
    phrase("a fish"), phrase("an animal"), phrase("a man"), phrase("a woman"), phrase("a child"),
    phrase("a person"), phrase("a car"), phrase("a bus"), phrase("a truck"),
    phrase("a motorcycle"), phrase("a train"), phrase("a boat"), phrase("a plane"),
    phrase("a vehicle"), phrase("a flower"), phrase("a waterfall"), phrase("a mountain"),
    phrase("a lake"), phrase("a river"), phrase("a beach"), phrase("a shore"), phrase("a sea"),
    phrase("the sea"), phrase("a bridge"), phrase("a church"), phrase("a tower"),
    phrase("a house"), phrase("a building"), phrase("a street"), phrase("a road"),
    phrase("a city"),
    phrase("cat"), phrase("dog"), phrase("bird"), phrase("horse"), phrase("insect"),
    phrase("fish"), phrase("animal"), phrase("man"), phrase("woman"), phrase("child"),
    phrase("person"), phrase("car"), phrase("bus"), phrase("truck"), phrase("motorcycle"),
    phrase("train"), phrase("boat"), phrase("plane"), phrase("waterfall"), phrase("mountain"),
    phrase("lake"), phrase("river"), phrase("beach"), phrase("shore"), phrase("sea"),
    phrase("bridge"), phrase("church"), phrase("tower"), phrase("house"), phrase("building"),
    phrase("road"), phrase("city"), phrase("tree"), phrase("forest"), phrase("sky"),
    phrase("cloud"), phrase("snow"), phrase("grass"), phrase("rock"), phrase("water"),
    phrase("wave"), phrase("sand"), phrase("sunset"), phrase("mist"), phrase("silhouette"),
    phrase("reflection"), phrase("hill"), phrase("field"), phrase("path"), phrase("track"),
    phrase("leaf"), phrase("garden"), phrase("window"), phrase("wall"), phrase("door"),
    phrase("sign"), phrase("lamp"), phrase("table"), phrase("chair"), phrase("sofa"),
    phrase("face"), phrase("hat"), phrase("wheel"), phrase("fence"), phrase("crowd"),
    phrase("fire"),
)  # fmt: skip

_CAMERA: Final = (
    phrase("taken"), phrase("camera"), phrase("lens"), phrase("focal length"),
    phrase("aperture"), phrase("ISO"), phrase("flash"), phrase("rating in the file"),
    phrase("serial"), phrase("fired"), phrase("no"), phrase("auto"), phrase("manual"),
    phrase("{n} mm, like {of} mm"), phrase("{n} mm"), phrase("f/{n}"), phrase("1/{n} s"),
    phrase("{seconds} s"),
    phrase("{value} EV"), phrase("{value} %"), phrase("{value} px"), phrase("{value} levels"),
    phrase("{value}°"), phrase("{value}"),
)  # fmt: skip

_NAMES: Final = (  # of flaws, of what is measured, of verdicts
    phrase("underexposed"), phrase("overexposed"), phrase("low contrast"),
    phrase("oversaturated"), phrase("undersaturated"), phrase("colour cast"), phrase("noise"),
    phrase("blur"), phrase("motion blur"), phrase("jpeg artifacts"), phrase("tilted horizon"),
    phrase("cut subject"), phrase("poor placement"), phrase("vignetting"), phrase("clutter"),
    phrase("mixed or flash light"), phrase("clipped highlights"), phrase("blocked shadows"),
    phrase("subject sharpness"), phrase("exposure"), phrase("headroom"),
    phrase("clipped shadows"), phrase("contrast"), phrase("colour tint"),
    phrase("color tint"), phrase("color cast"), phrase("colorfulness"), phrase("colourfulness"),
    phrase("tilt"), phrase("jpeg blocking"), phrase("good"), phrase("poor"),
    phrase("can't tell"), phrase("pick"), phrase("reject"), phrase("none"),
)  # fmt: skip

_REASONS: Final = (  # for a score
    phrase("nothing stands out"), phrase("nothing to see in the frame"),
    phrase("attractive light"), phrase("striking colours"), phrase("crisp detail"),
    phrase("lines that lead the eye"), phrase("the subject stands out"), phrase("a strong mood"),
    phrase("a well-caught moment"), phrase("an expressive look"), phrase("a sense of depth"),
    phrase("bold shapes"), phrase("too dark"), phrase("too bright"), phrase("flat tones"),
    phrase("overdone colours"), phrase("pale colours"), phrase("a colour cast"),
    phrase("not sharp"), phrase("compression artefacts"), phrase("not level"),
    phrase("the subject is cut off"), phrase("awkward framing"), phrase("dark corners"),
    phrase("distracting surroundings"), phrase("flash or hard light"),
    phrase("blown highlights"),
)  # fmt: skip

_MEASURED: Final = (  # suggestions from what was measured
    phrase("lift the exposure by about {stops}; the deepest shadows stay black"),
    phrase("lift the exposure by about {stops}; the shadows hold detail"),
    phrase("pull the highlights down: {n} % of the frame is white without detail"),
    phrase("lower the exposure by about {stops}; {n} % of the frame is white"),
    phrase("set black and white points: the tones use only {n} % of the range"),
    phrase("add some vibrance: the colours are pale (colourfulness {n})"),
    phrase("reduce the saturation: colours run out of range (colourfulness {n})"),
    phrase("move the white balance toward blue: the light is {n} EV off neutral"),
    phrase("move the white balance toward yellow: the light is {n} EV off neutral"),
    phrase("move the tint toward green: the light is {n} EV off neutral"),
    phrase("move the tint toward magenta: the light is {n} EV off neutral"),
    phrase("reduce the noise ({n} levels in flat parts); next time use a lower ISO"),
    phrase("no part of the frame is sharp: sharpen a little, next time focus on the subject"),
    phrase("streaks of {n} % of the frame: use a shorter exposure or a tripod"),
    phrase("rotate left by {n} degrees to level the picture"),
    phrase("rotate right by {n} degrees to level the picture"),
    phrase("export again from the original at a higher JPEG quality: its blocks show"),
    phrase("lighten the corners by about {stops}, or use the lens correction"),
    phrase("1 stop"),
    phrase("{n} stops"),
)

_ADVICE: Final = (  # suggestions of models
    phrase("a little"), phrase("clearly"), phrase("a lot"), phrase("slightly"),
    phrase("strongly"),
    phrase("lift the exposure {much}, most of it in the shadows"),
    phrase("lower the exposure {much} and pull the highlights back"),
    phrase("the tones are {how} flat: set a deeper black point and raise the contrast"),
    phrase("the colours are {how} overdone: reduce the saturation until skin, grass and sky look"
           " natural"),
    phrase("the colours are {how} washed out: add vibrance before saturation"),
    phrase("the photo is {how} too warm: move the white balance toward blue"),
    phrase("the photo is {how} too cold: move the white balance toward yellow"),
    phrase("there is a {how} visible green cast: move the tint toward magenta"),
    phrase("there is a {how} visible magenta cast: move the tint toward green"),
    phrase("the noise is {how} visible: reduce it, colour noise first, and next time use a lower"
           " ISO"),
    phrase("the photo is {how} out of focus: sharpen it with a small radius, and next time focus"
           " on the subject"),
    phrase("the photo is {how} blurred by movement: next time use a shorter exposure or a tripod"),
    phrase("the compression is {how} visible: export again from the original at a higher quality"),
    phrase("turn the photo to the left {much}"),
    phrase("turn the photo to the right {much}"),
    phrase("the frame cuts into the subject: use a wider crop, or step back next time"),
    phrase("the subject stands awkwardly in the frame: crop or reframe so that it has room where"
           " it looks or moves, and nothing empty outweighs it"),
    phrase("the subject is pressed against the left edge: leave room on the left, or crop the"
           " right side"),
    phrase("the subject is pressed against the right edge: leave room on the right, or crop the"
           " left side"),
    phrase("the subject is pressed against the upper edge: leave room above, or crop the bottom"),
    phrase("the subject is pressed against the lower edge: leave room below, or crop the top"),
    phrase("lighten the corners {much}, or switch on the lens correction"),
    phrase("the surroundings compete with the subject: move closer, change the angle, or crop the"
           " distractions away"),
    phrase("the light is hard or mixed: bounce or diffuse the flash, or use one light source"
           " alone"),
    phrase("the brightest parts have lost their detail: pull the highlights back, and next time"
           " expose for them"),
    phrase("the darkest parts have lost their detail: open the shadows, and next time add fill"
           " light or expose longer"),
)  # fmt: skip

_FACES: Final = (
    phrase("no face found"),
    phrase("1 face: {eyes}; {n} px wide"),
    phrase("{total} faces: {eyes}; the largest {n} px wide"),
    phrase("eyes {state}"),
    phrase("eyes {state}, {others}"),
    phrase("open"), phrase("closed"), phrase("unclear"),
    phrase("turned away"), phrase("red eyes"), phrase("{n} turned away"),
    phrase("{n} with red eyes"),
    phrase("{n} with eyes open"), phrase("{n} with eyes closed"), phrase("{n} with eyes unclear"),
)  # fmt: skip

_GROUPS: Final = (
    phrase("burst"), phrase("duplicates"), phrase("bracket"), phrase("panorama"),
    phrase("focus stack"),
    phrase("burst of {of}"), phrase("duplicates of {of}"), phrase("bracket of {of}"),
    phrase("panorama of {of}"), phrase("focus stack of {of}"),
    counted_phrase("{group} and {n} near-duplicate", "{group} and {n} near-duplicates"),
    phrase("{n} frames of one view within {seconds} s"),
    phrase("{n} pictures that look the same"),
    phrase("{n} exposures of one view, to be merged"),
    phrase("{n} overlapping views, to be stitched"),
    phrase("{n} focus distances of one view, to be merged"),
    counted_phrase("{n} photo grouped by hand", "{n} photos grouped by hand"),
    counted_phrase(
        "{reason}; also {n} near-duplicate from outside the burst",
        "{reason}; also {n} near-duplicates from outside the burst",
    ),
    phrase("to be merged"), phrase("decided"), phrase("{n} of {total} decided"),
)  # fmt: skip

_FRAMES: Final = (  # beside the other frames of a burst
    phrase("sharper subject"), phrase("softer subject"), phrase("better exposed"),
    phrase("worse exposed"), phrase("more highlight detail"), phrase("less highlight detail"),
    phrase("more shadow detail"), phrase("less shadow detail"), phrase("more level"),
    phrase("more tilted"), phrase("sharper face"), phrase("softer face"),
    phrase("sharper faces"), phrase("softer faces"), phrase("sharpest face"),
    phrase("sharpest faces"), phrase("higher score"), phrase("lower score"),
    counted_phrase("{better} than {n} other frame", "{better} than {n} other frames"),
    phrase("eyes closed"), phrase("closed eyes in {n} of {total} faces"),
    phrase("eyes less open"), phrase("not everyone's eyes open"), phrase("eyes open"),
    phrase("everyone's eyes open"), phrase("fewer closed eyes"),
    phrase("{n} of {total} faces turned away"), phrase("fewer faces turned away"),
    phrase("{eyes}; turned away in the other frame"),
    phrase("{eyes}; turned away in {n} of {total} other frames"),
    phrase("{eyes}; closed in the other frame"),
    phrase("{eyes}; closed in {n} of {total} other frames"),
    phrase("slightly worse in several respects"),
    phrase("hardly different from the other frames"),
    phrase("near-duplicate from outside the burst; {reason}"),
    phrase("weaker than {name}: technically unusable, {why}"),
    phrase("weaker than {name}: {why}"),
    phrase("about as good as {name}"),
    phrase("{reason} (best of {n}, {kind})"),
    phrase("nothing is sharp"), phrase("the highlights are blown"),
    phrase("the shadows are black"), phrase("far too dark"), phrase("far too bright"),
)  # fmt: skip

_PROPOSALS: Final = (
    phrase("not scored yet"),
    phrase("nothing to compare it with"),
    phrase("no keepers left to choose; nothing to compare it with"),
    phrase("score {score}"),
    phrase("{reason}, score {score}"),
    phrase("{reason}, kept with its series"),
    phrase("kept with its series"),
    phrase("{reason}, series kept as a whole: {group}"),
    phrase("series are kept or left as a whole: {group}"),
    phrase("score {score}, {behind} below the last keeper"),
    phrase("score {score}, {behind} below the last keeper; {flaw} rated poor"),
    phrase("score {score}, only {behind} below the last keeper"),
    phrase("score {score}, but a similar photo is already kept"),
    phrase("no keeper in this group, {why}; {reason}"),
    phrase("its only frame left is technically unusable ({why})"),
    phrase("both its frames are technically unusable ({why})"),
    phrase("all its {n} frames are technically unusable ({why})"),
    phrase("one group has no keeper: {why}"),
    phrase("{n} groups have no keeper: all their frames are technically unusable"),
    phrase("no proposal for {n} of {total} photo, without a score yet"),
    phrase("no proposal for {n} of {total} photos, without a score yet"),
    counted_phrase("{n} keeper instead of {total}: {why}", "{n} keepers instead of {total}: {why}"),
    counted_phrase(
        "{n} photo is already picked, more than the {total} requested",
        "{n} photos are already picked, more than the {total} requested",
    ),
    phrase("your decisions are left unchanged: {n} picked, {total} rejected"),
    phrase("there are no other photos"),
    phrase("the others have no score"),
    phrase(
        "at most {n} of each burst or set of duplicates (--per-group), and a series is kept as a"
        " whole or not at all"
    ),
)

PHRASES: Final[tuple[Phrase, ...]] = (
    *_LISTS, *_CONTENT, *_SUBJECTS, *_CAMERA, *_NAMES, *_REASONS, *_MEASURED, *_ADVICE, *_FACES,
    *_GROUPS, *_FRAMES, *_PROPOSALS, *JOBS,
)  # fmt: skip
