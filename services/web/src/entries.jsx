import { useEffect, useState } from 'react'
import { addEntry, listEntries } from './api.js'
import { formatAmount, parseAmount } from './money.js'

export default function Entries({ account, attempt }) {
  const [entries, setEntries] = useState([])
  const { id, currency, balance_minor: balance } = account
  // The balance changes with each entry.
  useEffect(() => { attempt(async () => setEntries(await listEntries(id))) }, [attempt, id, balance])
  return (
    <section>
      <Form onAdd={(entry, key) => attempt(() => addEntry(id, entry, key))} />
      <ul id="entries">
        {entries.map(entry => (
          <li key={entry.id}>{entry.reference}: {formatAmount(entry.amount_minor, currency)}</li>
        ))}
      </ul>
    </section>
  )
}

function Form({ onAdd }) {
  const [amount, setAmount] = useState('')
  const [reference, setReference] = useState('')
  const minor = parseAmount(amount)
  const submit = event => {
    event.preventDefault()
    onAdd({ amount_minor: minor, reference }, crypto.randomUUID())
    setAmount('')
  }
  return (
    <form onSubmit={submit}>
      <label>Amount <input id="amount" value={amount} onChange={event => setAmount(event.target.value)} /></label>
      <label>
        Reference
        <input id="reference" maxLength="140" value={reference} onChange={event => setReference(event.target.value)} />
      </label>
      <button id="add" disabled={minor === null || reference === ''}>Add</button>
    </form>
  )
}
