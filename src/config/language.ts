/** What people read: verdicts, the page. */
export type Language = "zh" | "en";
