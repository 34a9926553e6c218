// @ts-check
/*
 * The entry: prepares everything that must be there before Dash, then starts Dash.
 *
 * It runs as soon as its modules have loaded, while Dash's own scripts load. Requests carry the key from here on, and
 * the first two leave at once. Dash is started by the last line, so that nothing of Dash can run before.
 */
import { requestEarly, sendKeyWithRequests, takeKeyOfLink } from "./api_key.js";
import { callbacks } from "./callbacks.js";
import { catchPlotly, preloadPlotly, startCharts } from "./charts.js";
import { startColumnChooser, watchColumnChoices } from "./column_chooser.js";
import { offerCallbacks, startDash, whenMounted } from "./dash.js";
import { startExportMenu } from "./export_menu.js";
import { startFilters } from "./filters.js";
import { showConnection, startFreshness } from "./freshness.js";
import { startLinks } from "./links.js";
import { startPeriodMenu } from "./period_menu.js";
import { startPopups } from "./popups.js";
import { rememberRequests, startPrint } from "./print.js";
import { startShortcuts } from "./shortcuts.js";
import { placeStaticParts } from "./static_parts.js";

takeKeyOfLink();
sendKeyWithRequests(showConnection);
rememberRequests();
requestEarly();
catchPlotly();
offerCallbacks(callbacks);

if (document.readyState === "loading") {
  await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
}
preloadPlotly();
startCharts();
startFilters();
startLinks();
startFreshness();
startPrint();
startPopups();
startExportMenu();
startShortcuts();
watchColumnChoices();
whenMounted(() => {
  placeStaticParts();
  startColumnChooser();
  startPeriodMenu();
});
startDash();
