"""The English phrases about what was done: steps undone, jobs, files without a score, refusals."""

from typing import Final

from aesplugin.web.languages.phrases import counted_phrase, phrase

_STEPS: Final = (
    phrase("Nothing to undo"), phrase("Nothing to redo"), phrase("Step {id}"),
    phrase("{what} undone"), phrase("{what} redone"), phrase("{what} of {name}"),
    phrase("{what} in the cull"), phrase("{what} in the cull of {path}"),
    phrase("{what} in the {group} from {name} on"), phrase("{what} in a shared gallery"),
    phrase("Split"), phrase("Join"), phrase("Group of {n}"),
    phrase("Pick"), phrase("Reject"), phrase("Cleared decision"), phrase("cleared decision"),
    phrase("Star rating"), phrase("star rating"), phrase("Removed star rating"),
    phrase("removed star rating"), phrase("Favourite"), phrase("favourite"),
    phrase("Removed favourite"), phrase("removed favourite"),
    counted_phrase("{n} pick", "{n} picks"),
    counted_phrase("{n} reject", "{n} rejects"),
    counted_phrase("{n} cleared decision", "{n} cleared decisions"),
    counted_phrase("{n} star rating", "{n} star ratings"),
    counted_phrase("{n} removed star rating", "{n} removed star ratings"),
    counted_phrase("{n} favourite", "{n} favourites"),
    counted_phrase("{n} removed favourite", "{n} removed favourites"),
)  # fmt: skip

_CHOICES: Final = (  # of a client
    counted_phrase(
        "{n} photo chosen, {total} with stars, by {user}",
        "{n} photos chosen, {total} with stars, by {user}",
    ),
    phrase("{what}; {back} taken back"),
    phrase("{one} and {more}"),
    counted_phrase("{n} rating", "{n} ratings"),
    phrase("{what}: nothing changed, these choices were already stored"),
    phrase("{what}; undo with: aesplugin undo {id}"),
    phrase("{data} is no file of choices: ask the client for the file that “Save my choices” made"),
    phrase("{data} is no whole JSON file: ask the client for the file that “Save my choices” made"),
    phrase("this gallery does not exist any more; share the photos again"),
    phrase("and {n} more"),
)

_RUNNING: Final = (
    phrase("less than a minute left"), phrase("about {minutes} min left"),
    phrase("about {hours} h {minutes} min left"), phrase("about {hours} h left"),
    phrase("about {n} days left"),
    phrase("publish all"), phrase("publish {path}"), phrase("undo publish run {id}"),
    phrase("share {title}"),
    phrase("contains no photos in a format that is read; choose another folder"),
    phrase("only scoring that runs or waits can be paused: {data}"),
    phrase("a job that has ended cannot be continued: {data}"),
    phrase("there is no such job"), phrase("{path}: {why}"),
)  # fmt: skip

_FILES: Final = (
    phrase("pending"), phrase("assessed"), phrase("missing"), phrase("unreadable"),
    phrase("empty"), phrase("unsupported"), phrase("damaged"), phrase("oversized"),
    phrase("stuck"), phrase("quarantined"),
    phrase("{path} was deleted or moved since it was scored; run: aesplugin score"),
    phrase("{path} has changed since it was scored; run: aesplugin score"),
    phrase("{path} cannot be read to check that it is still the photo that was scored; check its"
           " permissions and its drive"),
    phrase("zero bytes; copy it again from the camera"),
    phrase("not an image, despite its name; delete or rename it"),
    phrase("not an image in a supported format; export it as JPEG, PNG or TIFF"),
    phrase("{name} is not supported; export it as JPEG, PNG or TIFF"),
    phrase("not a photo: a video or another {name} container; leave it out"),
    phrase("a RAW format LibRaw does not know; convert it to DNG"),
    phrase("a JPEG file whose image data is incomplete; copy it again"),
    phrase("a TIFF file whose image data is incomplete; copy it again"),
    phrase("a TIFF file that ends before its image data does; copy it again"),
    phrase("a TIFF file without a readable directory; copy it again"),
    phrase("decoding took longer than {seconds} s"),
    phrase("it cannot be decoded at full size"),
)  # fmt: skip

_SIDECARS: Final = (
    phrase("dc:description stays the user's"),
    phrase("{data} stays {value}"),
    phrase("{data} stays {name}: changed since"),
    phrase("the colour label stays {data}"),
    phrase("the colour label stays as it is"),
    phrase("{path} is empty; left unchanged"),
    phrase("{path} is damaged ({data}); left unchanged"),
    phrase("{path} is XML but not XMP (it has no rdf:RDF); left unchanged"),
    phrase("{path} declares a document type, which is refused for safety; left unchanged"),
    phrase("{path} and {name} would share one sidecar; use --naming full"),
)

_REFUSALS: Final = (
    phrase("this photo is not in the catalog, or no file holds it any more"),
    phrase("photo {data} is not in the catalog, or no file holds it any more"),
    phrase("this group no longer exists; reload the list"),
    phrase("a photo of it is not there any more: reload the page"),
    phrase("a {group} is to be merged: a series stays as it is"),
    phrase("one photo is no burst: select 2 or more"),
    phrase("these photos are one burst already"),
    phrase("photos of different folders are no burst: {path} and {data}"),
    phrase("photos of different days are no burst: {path} and {data}"),
    phrase("No photo of the camera “{data}” is in the catalog."),
    phrase("No photo of the folder {path} is in the catalog."),
    phrase("{most} filters are saved: delete one first"),
    phrase("more than {most} photos are too many to compare on the page; choose a smaller folder,"
           " or run: aesplugin cull FOLDER"),
    phrase("another catalog is served here now: reload the page; to send the waiting steps, serve"
           " the former catalog again"),
    phrase("this request did not come from the page (CSRF); reload the page"),
    phrase("this host name is not ours; see --allow-host in docs/review.md"),
    phrase("a token is needed: open the address that `aesplugin serve` prints"),
    phrase("the request is too large: at most {most} MiB"),
    phrase("internal error: {data}; the terminal of `aesplugin serve` says where"),
    phrase("catalog {name} cannot be written ({data}): it is opened read-only"),
    phrase("{data} is outside the folders that may be scored; start `aesplugin serve --root DIR`"
           " with this folder to add it"),
    phrase("a link that leads outside: add its target with --root"),
    phrase("its name is not valid text: score it with `aesplugin score`"),
    phrase("{path} is a file; choose the folder that it is in"),
    phrase("{path} does not exist; check its name, or that its drive is mounted"),
    phrase("this path has {n} characters, more than any system takes; paste one path"),
    phrase("a path cannot contain a null character; type it, or choose a folder"),
    phrase("choose a folder, or paste its path"),
    phrase("{path} is not a whole path; write it as {data}"),
    phrase("{path} cannot be read ({why}); choose another folder"),
    phrase("permission denied"),
    phrase("no such file or directory"),
    phrase("nothing to search for in “{data}”: type letters or digits"),
    phrase("no “{data}”: showing “{name}”"),
    phrase("no photo has “{data}”"),
    phrase("the search is {n} characters long: at most {most} are taken"),
    phrase("the search has {n} words: at most {most} are taken"),
    phrase("{data} is not the content hash of a photo: {how}"),
    phrase("photo {data} is named twice: {how}"),
    phrase("no photo cannot be compared: {how}"),
    counted_phrase("{n} photo cannot be compared: {how}", "{n} photos cannot be compared: {how}"),
    phrase("select {n} to {most} photos in the gallery and press G"),
    counted_phrase(
        "{n} of the {total} photos is not in this catalog, or no file holds it any more",
        "{n} of the {total} photos are not in this catalog, or no file holds it any more",
    ),
    phrase("{what}; too few are left to compare: {how}"),
    phrase("there is no run {id}"),
    phrase("Not Found"),
)  # fmt: skip

JOBS: Final = (*_STEPS, *_CHOICES, *_RUNNING, *_FILES, *_SIDECARS, *_REFUSALS)
