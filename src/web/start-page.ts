const links = [
  ["/api/stats", "figures of this process"],
  ["/api/incidents", "incidents, the newest first"],
  ["/readyz", "is it ready, and if not, why"],
  ["/metrics", "metrics for Prometheus"],
];

const items = links.map(([path, what]) => `<li><a href="${path}">${path}</a>: ${what}</li>`).join("\n");

/** What a browser gets at `/`. */
export const startPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>tmon</title>
<h1>tmon</h1>
<p>Watches traffic cameras and tells of danger. Live states of the cameras: WebSocket at <code>/ws</code>.</p>
<ul>
${items}
<li><code>/api/cameras/{id}/latest.jpg</code>: a camera's newest frame</li>
</ul>
</html>
`;
