import { Box, Text } from "ink";

const entries: readonly (readonly [string, string])[] = [
  ["s", "sort keys and cameras: by trouble, name, use, latency, errors"],
  ["p, space", "hold the screen; the figures go on behind it"],
  ["?, h", "this page"],
  ["q, Ctrl-C", "leave"],
  ["/S", "messages a second, over the last six seconds"],
  ["LAG", "messages the group has not done; OLDEST: how old the first is"],
  ["FLIGHT", "calls of the key that are open"],
  ["RPM, TPM", "requests and tokens in a minute, of what its group may have"],
  ["P50, P95", "how long its calls take"],
  ["FAIL", "calls that failed; YUAN what all of them cost"],
  ["PICTURE", "age of the camera's newest picture"],
  ["end to end", "from the picture to the verdict on the page, of the last minute"],
  ["dead", "no heartbeat, or no process; it is shown for five minutes"],
  ["-", "not known, or not told by this version of the role"],
  ["red", "needs a person"],
  ["yellow", "heals by itself"],
];

const labelWidth = 14;

export function Help() {
  return (
    <Box flexDirection="column" marginTop={1}>
      {entries.map(([label, text]) => (
        <Text key={label} wrap="truncate">
          <Text bold>{label.padEnd(labelWidth)}</Text>
          {text}
        </Text>
      ))}
    </Box>
  );
}
