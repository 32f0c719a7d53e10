/**
 * The shape of a sample library. Members carry Alma's own names; whatever is left out has a default, and a code may
 * be written bare (`user_group: STUD`) or as the API writes it (`user_group: {value: STUD}`). Dates may be relative
 * to the moment of loading: `-3d`, `+14d`, `+2h`.
 */
type Code = string | { readonly value: string; readonly desc?: string }

export interface SampleData {
  readonly institution?: {
    readonly code?: string
    readonly name?: string
    readonly time_zone?: string
    readonly currency?: string
    readonly alma_url?: string
    readonly environment_type?: 'production' | 'sandbox'
  }
  readonly code_tables?: Readonly<Record<string, SampleCodeTable>>
  readonly libraries?: readonly SampleLibrary[]
  readonly user_groups?: readonly SampleUserGroup[]
  /** What a block forbids, by block description; a block that is not named forbids everything. */
  readonly block_actions?: Readonly<Record<string, readonly BlockAction[]>>
  readonly loan_rules?: readonly LoanRule[]
  readonly users?: readonly SampleUser[]
  readonly items?: readonly SampleItem[]
  readonly loans?: readonly SampleLoan[]
  readonly requests?: readonly SampleRequest[]
  readonly fees?: readonly SampleFee[]
}

/** Descriptions by code; a row that is not enabled is written as `{description: …, enabled: false}`. */
export type SampleCodeTable = Readonly<
  Record<string, string | { readonly description: string; readonly enabled?: boolean }>
>

export type BlockAction = 'LOAN' | 'RENEW' | 'HOLD'

export interface SampleLibrary {
  readonly code: string
  readonly name?: string
  readonly description?: string
  readonly default_location?: Code
  readonly locations?: readonly SampleLocation[]
  readonly circ_desks?: readonly SampleCircDesk[]
  readonly departments?: readonly { readonly code: string; readonly name?: string }[]
  /** Opening hours by weekday, `{MONDAY: ["09:00", "18:00"]}`; a day that is not named is closed. */
  readonly open_hours?: Readonly<Record<string, readonly [string, string]>>
}

export interface SampleLocation {
  readonly code: string
  readonly name?: string
  readonly external_name?: string
  readonly type?: Code
  readonly remote_storage?: string
  readonly fulfillment_unit?: Code
  readonly [member: string]: unknown
}

export interface SampleCircDesk {
  readonly code: string
  readonly name?: string
  /** `check_in`, `check_out` and `reshelve` are true when left out; no list at all means every open location. */
  readonly location?: readonly {
    readonly location_code: string
    readonly check_in?: boolean
    readonly check_out?: boolean
    readonly reshelve?: boolean
  }[]
  readonly [member: string]: unknown
}

export interface SampleUserGroup {
  readonly code: string
  readonly description?: string
  readonly loan_limit?: number
  /** Active balance from which on nothing is lent. */
  readonly cash_limit?: number
  /** Number of overdue loans from which on nothing is lent. */
  readonly overdue_limit?: number
}

/** The first rule whose conditions all match decides. */
export interface LoanRule {
  readonly policy?: string
  readonly user_group?: string
  readonly library?: string
  readonly location?: string
  readonly loanable?: boolean
  readonly requestable?: boolean
  /** Libraries where a request may be fetched; all when left out. */
  readonly pickup_libraries?: readonly string[]
  /** Due at the end of the day, local time. */
  readonly days?: number
  readonly hours?: number
  /** `YYYY-MM-DD`: due at the end of that day. */
  readonly fixed_due_date?: string
  readonly max_renewals?: number
  /** What a renewal counts its days or hours from: the moment of the renewal, or the due date. `now` when left out. */
  readonly renew_from?: 'now' | 'due_date'
  /** Longest time from the loan to the last due date. */
  readonly max_renewal_days?: number
  readonly overdue_fine_per_day?: number
  readonly overdue_fine_max?: number
}

export interface SampleUser {
  readonly primary_id: string
  readonly first_name?: string
  readonly last_name?: string
  readonly password?: string
  readonly pin_number?: string
  /** `user_identifier: [{id_type: BARCODE, value: …}]`, or `barcode: …` for short. */
  readonly barcode?: string
  readonly [member: string]: unknown
}

export interface SampleItem {
  readonly barcode: string
  readonly title?: string
  readonly location?: string
  readonly library?: string
  /** Items with an equal `mms_id`, or an equal title and author, are copies of one title. */
  readonly mms_id?: string
  readonly process_type?: Code
  /** Where an item with process type TRANSIT is going. */
  readonly in_transit_to?: string
  readonly [member: string]: unknown
}

export interface SampleLoan {
  readonly user_id: string
  readonly item_barcode: string
  readonly loan_id?: string
  readonly loan_date?: string
  readonly due_date?: string
  readonly circ_desk?: Code
  readonly process_status?: string
  readonly renewals?: number
}

export interface SampleRequest {
  readonly user_primary_id: string
  readonly request_id?: string
  /** One of these three names what is asked for. */
  readonly item_barcode?: string
  readonly mms_id?: string
  readonly title?: string
  readonly pickup_location_library?: string
  readonly pickup_location_circulation_desk?: string
  readonly request_status?: 'NOT_STARTED' | 'IN_PROCESS' | 'ON_HOLD_SHELF'
  readonly request_time?: string
  readonly last_interest_date?: string
  readonly comment?: string
}

export interface SampleFee {
  readonly user_primary_id: string
  readonly id?: string
  readonly type?: Code
  readonly status?: Code
  readonly original_amount: number
  readonly balance?: number
  readonly creation_time?: string
  readonly owner?: Code
  readonly barcode?: Code
  readonly comment?: string
}
