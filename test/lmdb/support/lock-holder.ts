import { open } from "lmdb";

/** Opens the file and stops itself: within a write transaction ("locked"), or without ("idle"). */
const [file, mode] = process.argv.slice(2) as [string, "locked" | "idle"];
const root = open(file, { noSubdir: true, maxDbs: 16 });
const stop = () => process.kill(process.pid, "SIGSTOP");
if (mode === "locked") root.transactionSync(stop);
else stop();
// Until the test ends it.
setInterval(() => {}, 1_000);
