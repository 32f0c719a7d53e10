/** A library whose every name, note and secret is a canary. */
import { canaries } from './canaries.ts'

export const library = {
  institution: { code: '01DEMO_INST', time_zone: 'Europe/Berlin', currency: 'EUR' },
  libraries: [
    {
      code: 'MAIN',
      default_location: 'STACKS',
      locations: [{ code: 'STACKS', name: 'Stacks' }],
      circ_desks: [
        { code: 'DEFAULT_CIRC_DESK', has_hold_shelf: true, primary: true },
        { code: 'SELFCHECK' },
        { code: 'DEPOT_DESK' },
      ],
    },
  ],
  users: [
    {
      primary_id: canaries.primaryId,
      first_name: canaries.firstName,
      last_name: canaries.lastName,
      barcode: canaries.card,
      birth_date: canaries.birthDate,
      account_type: 'INTERNAL',
      password: canaries.pin,
      contact_info: {
        address: [{ line1: canaries.address, city: canaries.city, preferred: true, address_type: ['home'] }],
        email: [{ email_address: canaries.email, preferred: true, email_type: ['school'] }],
        phone: [{ phone_number: canaries.phone, preferred: true, phone_type: ['mobile'] }],
      },
      user_note: [{ note_text: canaries.note }],
    },
    {
      primary_id: `${canaries.primaryId}-2`,
      first_name: canaries.firstName,
      last_name: canaries.lastName,
      barcode: `${canaries.card}2`,
      user_block: [{ block_type: 'LOAN', block_description: '02-LOST', block_note: canaries.blockNote }],
    },
  ],
  items: [
    {
      barcode: canaries.barcode,
      title: canaries.title,
      author: canaries.author,
      library: 'MAIN',
      location: 'STACKS',
      fulfillment_note: canaries.note,
    },
    { barcode: `${canaries.barcode}2`, title: canaries.title, author: canaries.lastName, library: 'MAIN' },
    { barcode: `${canaries.barcode}3`, title: `${canaries.title} 3`, author: canaries.author, library: 'MAIN' },
  ],
  loans: [{ user_id: `${canaries.primaryId}-2`, item_barcode: `${canaries.barcode}2` }],
  requests: [
    {
      user_primary_id: `${canaries.primaryId}-2`,
      item_barcode: `${canaries.barcode}3`,
      comment: canaries.note,
      pickup_location_library: 'MAIN',
    },
  ],
  fees: [
    {
      user_primary_id: canaries.primaryId,
      type: 'OVERDUEFINE',
      original_amount: 5,
      owner: 'MAIN',
      barcode: canaries.barcode,
      comment: canaries.feeComment,
    },
  ],
}
