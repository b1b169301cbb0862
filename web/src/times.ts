// Pages write times in UTC; pointing at one shows it in the reader's own zone.
export function hintLocalTimes(): void {
  document.addEventListener("mouseover", (event) => {
    const time = (event.target as Element).closest?.<HTMLTimeElement>("time[datetime*=T]");
    if (!time || time.title) return;
    const at = new Date(time.dateTime);
    time.title = at.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
  });
}
