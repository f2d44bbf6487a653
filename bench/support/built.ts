/** tmon as `npm run build` left it: what loads it from source gives every closure a name, one by one. */
export function built<Module>(path: string): Promise<Module> {
  return import(`${new URL(`../../dist/${path}.js`, import.meta.url)}`);
}
