// A number with its noun: "1 photo", "1,200 photos".
export const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
