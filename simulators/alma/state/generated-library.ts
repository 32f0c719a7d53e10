/**
 * A large library that costs nothing until it is used: item n (from 1) has barcode `31` followed by n in twelve
 * digits, patron n has barcode `29` followed by n in twelve digits and primary id `patron` followed by n in seven
 * digits. An object is made at its first use, always the same.
 */
import type { Bib, Item, User } from './entities.ts'
import { generatedId, generatedIndex } from './ids.ts'
import { newBib, newItem, newUser } from './make.ts'

export const generatedItemBarcode = (index: number): string => `31${String(index).padStart(12, '0')}`
export const generatedPatronBarcode = (index: number): string => `29${String(index).padStart(12, '0')}`
export const generatedPatronId = (index: number): string => `patron${String(index).padStart(7, '0')}`

const subjects = ['rivers', 'bridges', 'cities', 'stars', 'gardens', 'machines', 'islands', 'maps', 'birds', 'letters']
const qualities = ['A history of', 'Notes on', 'The theory of', 'Travels among', 'An atlas of', 'The language of']
const lastNames = ['Arndt', 'Brandt', 'Conrad', 'Dietz', 'Ebert', 'Franke', 'Gruber', 'Heinz', 'Ihle', 'Jansen']
const firstNames = ['Ada', 'Bruno', 'Clara', 'David', 'Ella', 'Felix', 'Greta', 'Henri', 'Ida', 'Jonas', 'Karla']

const pick = (words: readonly string[], index: number): string => words[index % words.length] ?? ''

export class GeneratedLibrary {
  readonly items: number
  readonly patrons: number
  readonly #library: string
  readonly #location: string
  readonly #createdAt: number

  constructor(items: number, place: { library: string; location: string }, createdAt: number) {
    this.items = items
    this.patrons = Math.ceil(items / 10)
    this.#library = place.library
    this.#location = place.location
    this.#createdAt = createdAt
  }

  itemIndexOfBarcode(barcode: string): number | undefined {
    return this.#within(barcode.length === 14 && barcode.startsWith('31') ? Number(barcode.slice(2)) : 0, this.items)
  }

  itemIndexOfId(kind: 'item' | 'mms', id: string): number | undefined {
    return this.#within(generatedIndex(kind, id) ?? 0, this.items)
  }

  patronIndexOf(identifier: string): number | undefined {
    const lower = identifier.toLowerCase()
    if (lower.startsWith('patron') && lower.length === 13) return this.#within(Number(lower.slice(6)), this.patrons)
    const isBarcode = identifier.length === 14 && identifier.startsWith('29')
    return this.#within(isBarcode ? Number(identifier.slice(2)) : 0, this.patrons)
  }

  #within(index: number, most: number): number | undefined {
    return Number.isInteger(index) && index >= 1 && index <= most ? index : undefined
  }

  makeBib(index: number): Bib {
    const bib = newBib(generatedId('mms', index))
    bib.title = `${pick(qualities, index)} ${pick(subjects, Math.floor(index / qualities.length))}, volume ${index}`
    bib.author = `${pick(lastNames, index)}, ${pick(firstNames, Math.floor(index / 10))}`
    bib.year = String(1950 + (index % 75))
    return bib
  }

  makeItem(index: number): Item {
    const bib = this.makeBib(index)
    const holding = {
      holdingId: generatedId('holding', index),
      bib,
      library: this.#library,
      location: this.#location,
      callNumber: `QA ${100 + (index % 900)} .G${index}`,
      callNumberType: '0',
    }
    return newItem(generatedId('item', index), generatedItemBarcode(index), holding, this.#createdAt)
  }

  makePatron(index: number, institution: string): User {
    return newUser(
      generatedPatronId(index),
      {
        first_name: pick(firstNames, index),
        last_name: pick(lastNames, Math.floor(index / firstNames.length)),
        user_group: 'STUD',
        user_identifier: [{ value: generatedPatronBarcode(index), id_type: 'BARCODE' }],
        user_role: [{ role_type: '200', scope: institution }],
      },
      this.#createdAt,
    )
  }
}
