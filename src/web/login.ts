import type { FastifyInstance } from "fastify";
import type { Access } from "../observability/access.ts";
import { endSession } from "../observability/session.ts";

/** Guesses a minute from one address. */
const guesses = { max: 10, timeWindow: 60_000 };

/** /login takes a token once and gives a cookie for it, so that no token stands in a URL or in a page's script. */
export function addLoginRoutes(server: FastifyInstance, access: Access): void {
  server.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );

  server.get("/login", (_, reply) => {
    if (access.local) return reply.redirect("/", 303);
    return reply.type("text/html; charset=utf-8").send(page());
  });

  server.post<{ Body: { token?: string } | undefined }>(
    "/login",
    { config: { rateLimit: guesses } },
    (request, reply) => {
      const secure = request.headers["x-forwarded-proto"] === "https";
      const cookie = access.logIn(request.body?.token?.trim() ?? "", secure);
      if (cookie) return reply.header("set-cookie", cookie).redirect("/", 303);
      return reply
        .code(401)
        .type("text/html; charset=utf-8")
        .send(page("This token is not known. 令牌无效。"));
    },
  );

  server.get("/api/me", ({ visitor }) => ({ ...visitor, loggedIn: !access.local }));

  server.post("/logout", (_, reply) => reply.header("set-cookie", endSession).redirect("/login", 303));

  server.get("/login.css", (_, reply) => reply.type("text/css; charset=utf-8").send(style));
}

/** The form goes to this page's own address with what stands behind its #, which leads back to where one was. */
function page(problem?: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tmon</title>
<link rel="icon" type="image/svg+xml" href="/icon.svg">
<link rel="stylesheet" href="/login.css">
<main>
<h1>tmon</h1>
<form method="post">
<label for="token">Access token <span lang="zh">访问令牌</span></label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
${problem === undefined ? "" : `<p role="alert">${problem}</p>`}
<button>Log in <span lang="zh">登录</span></button>
</form>
</main>
</html>
`;
}

const style = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#e9edf1, #0b0f13); color: light-dark(#14202b, #e8eef4); }
main { width: min(22rem, 88vw); box-sizing: border-box; padding: 2rem; border: 1px solid light-dark(#cfd8e0, #2a343e); border-radius: 12px; background: light-dark(#fff, #141a20); box-shadow: 0 1px 24px rgb(0 0 0 / .12); }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; }
form { display: grid; gap: .75rem; }
span { opacity: .7; margin-left: .35em; }
input, button { font: inherit; padding: .6rem .75rem; border-radius: 8px; }
input { min-width: 0; color: inherit; background: light-dark(#f3f6f9, #1c242c); border: 1px solid light-dark(#7d8b98, #5a6875); }
button { border: 0; background: #1558b0; color: #fff; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 3px solid light-dark(#1558b0, #7ab8ff); outline-offset: 2px; }
[role=alert] { margin: 0; color: light-dark(#a61b1b, #ff9d94); }
`;
