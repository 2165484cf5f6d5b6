// What only the administration page says.

export const texts = {
};
