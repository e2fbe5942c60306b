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
      <Form onAdd={(entry, key, onBooked) => attempt(async () => {
        await addEntry(id, entry, key)
        onBooked()
      })} />
      <ul id="entries">
        {entries.map(entry => (
          <li key={entry.id}>{entry.reference}: {formatAmount(entry.amount_minor, currency)}</li>
        ))}
      </ul>
    </section>
  )
}

const newKey = () => crypto.randomUUID()

function Form({ onAdd }) {
  const [amount, setAmount] = useState('')
  const [reference, setReference] = useState('')
  const [key, setKey] = useState(newKey)
  const [isSending, setIsSending] = useState(false)
  const minor = parseAmount(amount)
  // An entry keeps its key until it is booked or changed: it is booked once, also if somebody sends it again.
  const change = (set, value) => {
    set(value)
    setKey(newKey())
  }
  const submit = async event => {
    event.preventDefault()
    setIsSending(true)
    await onAdd({ amount_minor: minor, reference }, key, () => change(setAmount, ''))
    setIsSending(false)
  }
  return (
    <form onSubmit={submit}>
      <fieldset disabled={isSending}>
        <label>
          Amount
          <input id="amount" value={amount} onChange={event => change(setAmount, event.target.value)} />
        </label>
        <label>
          Reference
          <input
            id="reference" maxLength="140" value={reference} onChange={event => change(setReference, event.target.value)}
          />
        </label>
        <button id="add" disabled={minor === null || reference === ''}>Add</button>
      </fieldset>
    </form>
  )
}
