import { Application } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import Again from "./controllers/again";
import Bulk from "./controllers/bulk";
import Copy from "./controllers/copy";
import Dialogs from "./controllers/dialogs";
import Draft, { forgetDraftsOnSignOut } from "./controllers/draft";
import Filters from "./controllers/filters";
import Hints from "./controllers/hints";
import Hotkeys from "./controllers/hotkeys";
import Mention from "./controllers/mention";
import Menu from "./controllers/menu";
import Palette from "./controllers/palette";
import Peek from "./controllers/peek";
import SortableList from "./controllers/sortable";
import SubmitOnce from "./controllers/submit_once";
import Theme from "./controllers/theme";
import ToastController from "./controllers/toast";
import { startLive } from "./live";
import { preserveOnMorph } from "./preserve";
import { hintLocalTimes } from "./times";

// The progress bar is CSS on html[aria-busy], not Turbo's: the longest delay that a timer takes.
Turbo.config.drive.progressBarDelay = 2 ** 31 - 1;

const application = Application.start();
application.register("again", Again);
application.register("bulk", Bulk);
application.register("copy", Copy);
application.register("dialogs", Dialogs);
application.register("draft", Draft);
application.register("filters", Filters);
application.register("hints", Hints);
application.register("hotkeys", Hotkeys);
application.register("mention", Mention);
application.register("menu", Menu);
application.register("palette", Palette);
application.register("peek", Peek);
application.register("sortable", SortableList);
application.register("submit-once", SubmitOnce);
application.register("theme", Theme);
application.register("toast", ToastController);

document.documentElement.dataset.scripted = "";
preserveOnMorph();
forgetDraftsOnSignOut();
hintLocalTimes();
startLive();
