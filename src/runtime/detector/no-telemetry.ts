/**
 * onnxruntime tells its maker of each process and session, by a device id that it keeps in the home directory, unless
 * this is set before it is first used. Only the main thread's environment reaches it: import this there, before any
 * worker starts. Source: onnxruntime, pull request 27379.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";
