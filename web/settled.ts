import { useEffect, useState } from 'react'

/** A value that has stood still for a while: typing must not ask the server at every letter. */
export function useSettled<Value>(value: Value, delay: number): Value {
  const [settled, setSettled] = useState(value)
  const key = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as Value), delay)
    return () => clearTimeout(timer)
  }, [key, delay])
  return settled
}
