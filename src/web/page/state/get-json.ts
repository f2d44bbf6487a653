/** Asks the server; who is not logged in (any more) is sent to do so. */
export async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (response.status === 401) location.assign(`/login${location.hash}`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}
