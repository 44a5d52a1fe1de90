/** Longer than any available space. */
export const LONG = 'rack-07-slot-12-temperature-gateway-of-the-second-floor.lab.example.org';
/** Words that wrap. */
export const LONG_WORDS =
  'Everything that this device has ever sent is deleted from the disk, and nobody can bring it back: neither you nor Wirewatch, nor any of the people who look at it.';
