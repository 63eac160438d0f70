/** Every advisory lock of the service, in one place, so that two never share a number by accident. */
export const LOCKS = {
  migrate: 7_301,
  demo: 7_302,
} as const;
