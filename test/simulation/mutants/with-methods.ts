/** The same object with some of its methods replaced. */
export function withMethods<T extends object>(original: T, methods: Partial<T>): T {
  return new Proxy(original, {
    get(target, name) {
      const own: unknown = Reflect.get(name in methods ? methods : target, name)
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
}
