const ADDRESS = /[^\s<>"'(),;:]{1,64}@[\w.-]{1,255}/g;

/** A server's words without the addresses in them: they are nobody's to keep, and `spam@…` is not a reason. */
export const withoutAddresses = (text: string): string => text.replace(ADDRESS, '…@…').replace(/\s+/g, ' ').trim();
