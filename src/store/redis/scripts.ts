import { bucketGuardMs, slotAgainMs } from "../room.ts";

/**
 * What must be atomic across replicas, as Lua. A script's time is the server's own, in ms with fractions.
 *
 * Entries that are listed by prefix stand in an index as well (a sorted set by expiry): a SCAN would walk over
 * every state and mark there is.
 */
const now = `local t = redis.call("TIME")
local now = t[1] * 1000 + t[2] / 1000
`;

/** KEYS: entry, index. ARGV: value, ttl in ms or 0. */
const setEntry = `${now}
local ttl = tonumber(ARGV[2])
if ttl > 0 then
  redis.call("SET", KEYS[1], ARGV[1], "PX", ttl)
  redis.call("ZADD", KEYS[2], now + ttl, KEYS[1])
else
  redis.call("SET", KEYS[1], ARGV[1])
  redis.call("ZADD", KEYS[2], "+inf", KEYS[1])
end`;

/** KEYS: entry, index. */
const deleteEntry = `redis.call("DEL", KEYS[1])
redis.call("ZREM", KEYS[2], KEYS[1])`;

/** KEYS: index. Answers the names of what is there, sorted. */
const listEntries = `${now}
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
local names = redis.call("ZRANGE", KEYS[1], 0, -1)
table.sort(names)
return names`;

/** KEYS: sum. ARGV: by, ttl in ms. */
const incrementSum = `local sum = redis.call("INCRBY", KEYS[1], ARGV[1])
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return sum`;

/** KEYS: lease, index. ARGV: owner, ttl in ms. */
const claimLease = `${now}
local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
redis.call("ZADD", KEYS[2], now + ARGV[2], KEYS[1])
return 1`;

/** KEYS: lease, index. ARGV: owner. */
const releaseLease = `if redis.call("GET", KEYS[1]) == ARGV[1] then
  redis.call("DEL", KEYS[1])
  redis.call("ZREM", KEYS[2], KEYS[1])
end`;

/**
 * The windows' epoch: who finds it missing begins a new one, for then the windows are gone (a flush, another
 * server). Nothing is granted in its first ms, while each replica tells again what it was granted lately.
 */
const silence = 2000;
/** What is told again may be so much ahead, ms; further ahead are calls that a clock set back leaves there. */
const aheadMs = 1000;
/** ms until who has no part of a limit asks again. */
const uncoveredAgain = 250;
const epoch = `local epoch = redis.call("HMGET", KEYS[2], "id", "born")
if not epoch[1] then
  epoch = {ARGV[1], now}
  redis.call("HSET", KEYS[2], "id", ARGV[1], "born", string.format("%.3f", now))
elseif tonumber(epoch[2]) > now then
  -- Set back, the clock has lost nothing.
  epoch[2] = now - ${silence}
  redis.call("HSET", KEYS[2], "born", string.format("%.3f", epoch[2]))
end
`;

/**
 * KEYS: the coverage (a sorted set of partitions by the time until which a replica has them), the epoch.
 * ARGV: an epoch's id, the epoch the replica knows, until when in ms, then its partitions.
 * Answers the epoch; with another one than the replica knows nothing is covered: it has to tell again first.
 */
const coverPartitions = `${now}${epoch}
if ARGV[2] == epoch[1] then
  redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now)
  for i = 4, #ARGV do redis.call("ZADD", KEYS[1], ARGV[3], ARGV[i]) end
end
return epoch[1]`;

/**
 * KEYS: the group's calls (a sorted set by time; a member is "id tokens"), the epoch, the coverage, the group's open
 * calls (a sorted set of the same members, by when they count no longer). ARGV: the call's id, the epoch the replica
 * knows, tokens, how many partitions there are, the group's turn (share.ts), how many calls may be open (0: any
 * number), for how long one counts in ms, then unit, limit and window in ms of each limit.
 * Calls that a clock set back leaves in the future count from now on.
 * Answers {epoch, at} of a grant, or {epoch, "", ms to wait}; an epoch not known means: tell again first.
 */
const reserveCall = `${now}${epoch}
if ARGV[2] ~= epoch[1] then return {epoch[1], "", "0"} end
local silent = epoch[2] + ${silence} - now
if silent > 0 then return {epoch[1], "", tostring(silent)} end
local tokens, of, turn, longest, wait = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), 0, 0
for i = 8, #ARGV, 3 do longest = math.max(longest, tonumber(ARGV[i + 2])) end
redis.call("ZREMRANGEBYSCORE", KEYS[1], "-inf", now - longest)
local ahead = redis.call("ZRANGEBYSCORE", KEYS[1], string.format("%.3f", now + ${aheadMs}), "+inf")
for _, call in ipairs(ahead) do redis.call("ZADD", KEYS[1], string.format("%.3f", now), call) end
local covered = redis.call("ZRANGEBYSCORE", KEYS[3], "(" .. string.format("%.3f", now), "+inf")
local function part(limit)
  if #covered >= of then return limit end
  local units = 0
  for _, partition in ipairs(covered) do
    local n = (partition + turn) % of
    units = units + math.ceil((n + 1) * limit / of) - math.ceil(n * limit / of)
  end
  return units
end
local slots, openMs = tonumber(ARGV[6]), tonumber(ARGV[7])
if slots > 0 then
  redis.call("ZREMRANGEBYSCORE", KEYS[4], "-inf", now)
  if redis.call("ZCARD", KEYS[4]) >= part(slots) then wait = ${slotAgainMs} end
end
for i = 8, #ARGV, 3 do
  local unit, whole, window = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local limit = part(whole)
  local cost = unit == "requests" and 1 or tokens
  local from = "(" .. string.format("%.3f", now - window)
  if limit < whole and (limit == 0 or unit ~= "token_bucket" and cost > limit) then
    wait = math.max(wait, ${uncoveredAgain})
  elseif unit == "requests" then
    local over = redis.call("ZCOUNT", KEYS[1], from, "+inf") + math.min(1, limit) - limit
    if over > 0 then
      local last = redis.call("ZRANGEBYSCORE", KEYS[1], from, "+inf", "WITHSCORES", "LIMIT", math.ceil(over) - 1, 1)
      if last[2] then wait = math.max(wait, last[2] + window - now) end
    end
  elseif unit == "token_bucket" then
    local calls, level, last, perMs = redis.call("ZRANGE", KEYS[1], 0, -1, "WITHSCORES"), 0, 0, limit / window
    for n = 1, #calls, 2 do
      level = math.max(0, level - (calls[n + 1] - last) * perMs) + tonumber(string.match(calls[n], " (%d+)$"))
      last = tonumber(calls[n + 1])
    end
    level = math.max(0, level - math.max(0, now - last - ${bucketGuardMs}) * perMs)
    wait = math.max(wait, (level + tokens - math.max(limit, tokens)) / perMs)
  else
    local calls = redis.call("ZRANGEBYSCORE", KEYS[1], from, "+inf", "WITHSCORES")
    local over = math.min(tokens, limit) - limit
    for n = 1, #calls, 2 do over = over + tonumber(string.match(calls[n], " (%d+)$")) end
    local n = 1
    while over > 0 and n < #calls do
      over = over - tonumber(string.match(calls[n], " (%d+)$"))
      if over <= 0 then wait = math.max(wait, calls[n + 1] + window - now) end
      n = n + 2
    end
  end
end
if wait > 0 then return {epoch[1], "", tostring(wait)} end
local at, member = string.format("%.3f", now), ARGV[1] .. " " .. tokens
redis.call("ZADD", KEYS[1], at, member)
redis.call("PEXPIRE", KEYS[1], math.ceil(longest) + 1000)
if slots > 0 then
  redis.call("ZADD", KEYS[4], string.format("%.3f", now + openMs), member)
  redis.call("PEXPIRE", KEYS[4], openMs + 1000)
end
return {epoch[1], at}`;

/** KEYS: the group's calls. ARGV: the call's member. Answers the time from which it counts. */
const countFromNow = `${now}
local at = string.format("%.3f", now)
redis.call("ZADD", KEYS[1], "XX", at, ARGV[1])
return at`;

/** KEYS: the group's calls, its open calls. ARGV: the call's member, the member with what it used. */
const endCall = `redis.call("ZREM", KEYS[2], ARGV[1])
local at = ARGV[1] ~= ARGV[2] and redis.call("ZSCORE", KEYS[1], ARGV[1])
if at then
  redis.call("ZREM", KEYS[1], ARGV[1])
  redis.call("ZADD", KEYS[1], at, ARGV[2])
end`;

/** KEYS: the group's calls, or its open calls. ARGV: ttl in ms, then score and member of each that was granted before. */
const tellCallsAgain = `for i = 2, #ARGV, 2 do redis.call("ZADD", KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call("PEXPIRE", KEYS[1], ARGV[1])`;

/**
 * KEYS: mark, detection state, latest state, its time, alerts, index of the latest states. ARGV: closing 0|1,
 * captured at in ms, detection, payload, channel, mark's and states' ttl in ms, alerts kept, then the taskIds as
 * JSON, and those of alerts.
 * Answers whether it was published, and the new taskIds as JSON.
 */
const pushFrame = `${now}
local closing, payload = ARGV[1] == "1", ARGV[4]
local mark = redis.call("GET", KEYS[1])
local earlier = mark and cjson.decode(mark) or nil
local shown, all, new, isNew = {}, {}, {}, {}
if earlier then for _, id in ipairs(earlier.taskIds) do shown[id] = true all[#all + 1] = id end end
for _, id in ipairs(cjson.decode(ARGV[9])) do
  if not shown[id] then shown[id] = true new[#new + 1] = id all[#all + 1] = id isNew[id] = true end
end
local closed = earlier ~= nil and earlier.closed
if earlier and #new == 0 and not (closing and not closed) then return {0, "[]"} end
local function list(ids) return #ids == 0 and "[]" or cjson.encode(ids) end
local head = '{"detection":' .. cjson.encode(ARGV[3]) .. ',"taskIds":' .. list(all) .. ',"closed":'
redis.call("SET", KEYS[1], head .. tostring(closing or closed) .. "}", "PX", ARGV[6])
local rest = string.match(payload, "^%s*{%s*(.*)$")
local state = '{"newTaskIds":' .. list(new) .. (string.sub(rest, 1, 1) == "}" and "" or ",") .. rest
redis.call("SET", KEYS[2], state, "PX", ARGV[7])
if tonumber(redis.call("GET", KEYS[4]) or "0") <= tonumber(ARGV[2]) then
  redis.call("SET", KEYS[4], ARGV[2], "PX", ARGV[7])
  redis.call("SET", KEYS[3], state, "PX", ARGV[7])
  redis.call("ZADD", KEYS[6], now + ARGV[7], KEYS[3])
end
for _, id in ipairs(cjson.decode(ARGV[10])) do
  if isNew[id] then
    redis.call("LPUSH", KEYS[5], state)
    redis.call("LTRIM", KEYS[5], 0, ARGV[8] - 1)
    break
  end
end
redis.call("PUBLISH", ARGV[5], state)
return {1, list(new)}`;

/** As ioredis takes them: it sends the digest, and the text to a server that does not know it yet. */
export const scripts = {
  setEntry: { lua: setEntry, numberOfKeys: 2 },
  deleteEntry: { lua: deleteEntry, numberOfKeys: 2 },
  listEntries: { lua: listEntries, numberOfKeys: 1 },
  incrementSum: { lua: incrementSum, numberOfKeys: 1 },
  claimLease: { lua: claimLease, numberOfKeys: 2 },
  releaseLease: { lua: releaseLease, numberOfKeys: 2 },
  coverPartitions: { lua: coverPartitions, numberOfKeys: 2 },
  reserveCall: { lua: reserveCall, numberOfKeys: 4 },
  countFromNow: { lua: countFromNow, numberOfKeys: 1 },
  endCall: { lua: endCall, numberOfKeys: 2 },
  tellCallsAgain: { lua: tellCallsAgain, numberOfKeys: 1 },
  pushFrame: { lua: pushFrame, numberOfKeys: 6 },
};

type Argument = string | number | Buffer;

/** The scripts as methods of a connection. */
export type Scripted = Record<keyof typeof scripts, (...keysThenArguments: Argument[]) => Promise<unknown>>;
