/** ms by a clock that all processes of a machine share: CLOCK_MONOTONIC. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;
