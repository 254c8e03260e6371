/** @file Shows the page's views and keeps the address in step. */
import { usePage } from "../store/store.ts";
import { hashOfView, viewOfHash, type AddressedView } from "../view-address.ts";
import { showInAddress } from "./settings-actions.ts";

/** Shows what the address says. */
export function readViewAddress(): void {
  usePage.setState(viewOfHash(location.hash));
}

/** Shows a view; the browser's way back leads to what was on show before. */
export function openView(view: AddressedView, path: readonly string[] = []): void {
  usePage.setState({ view, viewPath: path });
  history.pushState(null, "", hashOfView(view, path));
}

/** Shows the run again. */
export function closeView(): void {
  usePage.setState({ view: "run", viewPath: [] });
  showInAddress();
}
