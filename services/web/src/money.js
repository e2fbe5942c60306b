// Amounts are integers in the minor unit of their currency: cents and pence.

export function formatAmount(minor, currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(minor / 100)
}

// Returns null if the text is no amount with at most two decimals.
export function parseAmount(text) {
  const match = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return null
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  return minor === 0 ? null : match[1] ? -minor : minor
}
