// Wires the parts of whatever page is open.
import { startAccept } from "./accept.js";
import { startGrid } from "./grid.js";
import { startKeys } from "./keys.js";
import { startMarks } from "./marks.js";
import { startViewers } from "./viewer.js";
import { startProgress } from "./progress.js";
import { startQueue } from "./queue.js";
import { startForms } from "./forms.js";
import { startTurning } from "./turn.js";

startForms();
startMarks();
startAccept();
startQueue();
startViewers();
startGrid();
startKeys();
startProgress();
startTurning();
document.documentElement.dataset.ready = "1"; // for those who drive the page by program
