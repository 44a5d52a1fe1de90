import * as v from 'valibot';

/**
 * Creates a schema for an object whose names come from outside, such as labels. Unlike `v.record`, which leaves out
 * `__proto__`, `prototype` and `constructor`, it keeps every name: the result has no prototype that a name could
 * affect.
 */
export function dictionary<Value>(value: v.GenericSchema<unknown, Value>, name?: v.GenericSchema<string>) {
  return v.pipe(
    v.custom<Readonly<Record<string, unknown>>>(isDictionary, 'must be an object'),
    v.rawTransform<Readonly<Record<string, unknown>>, Record<string, Value>>(
      ({ dataset, addIssue, NEVER }) => {
        const read = Object.create(null) as Record<string, Value>;
        for (const [key, input] of Object.entries(dataset.value)) {
          const parsed = v.safeParse(value, input, { abortEarly: true });
          const issues = parsed.issues ?? (name && v.safeParse(name, key, { abortEarly: true }).issues);
          if (issues) {
            const { value: holder } = dataset;
            addIssue({
              message: issues[0].message,
              path: [{ type: 'object', origin: 'value', input: holder, key, value: input }],
            });
            return NEVER;
          }
          if (parsed.success) read[key] = parsed.output;
        }
        return read;
      },
    ),
  );
}

function isDictionary(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
