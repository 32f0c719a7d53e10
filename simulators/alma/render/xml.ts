/** Renders the object of a JSON answer as the XML that Alma sends for it. */
import { create } from 'xmlbuilder2'
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'
import { codeOf, type Rendered, type RenderedObject } from '../state/shape.ts'
import { attributes, valueAttributes, wrappers, xmlText } from './xml-mapping.ts'

export function renderXml(root: string, value: RenderedObject): string {
  const document = create({ version: '1.0', encoding: 'UTF-8', standalone: true, invalidCharReplacement: '' })
  writeObject(document.ele(root), root, value)
  return document.end()
}

const isObject = (value: Rendered | undefined): value is RenderedObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A code with its explanation, which is text with attributes; other objects may have a member `value` too. */
function isCode(value: RenderedObject): boolean {
  return (
    Object.hasOwn(value, 'value') && Object.keys(value).every((name) => name === 'value' || valueAttributes.has(name))
  )
}

function writeObject(element: XMLBuilder, name: string, value: RenderedObject): void {
  const isValue = isCode(value)
  for (const [member, content] of Object.entries(value)) {
    if (content === null || content === undefined) continue
    if (isValue && member === 'value') element.txt(xmlText(name, content as string))
    else if (attributes.has(member) || (isValue && valueAttributes.has(member))) element.att(member, codeOf(content))
    else writeMember(element, name, member, content)
  }
}

function writeMember(parent: XMLBuilder, parentName: string, member: string, content: Rendered): void {
  if (Array.isArray(content)) {
    if (content.length === 0) return
    const wrapper = wrappers[`${parentName}.${member}`]
    const place = wrapper === undefined ? parent : parent.ele(wrapper)
    for (const entry of content as readonly Rendered[]) writeElement(place, member, entry)
    return
  }
  writeElement(parent, member, content)
}

function writeElement(parent: XMLBuilder, name: string, content: Rendered): void {
  if (isObject(content)) {
    writeObject(parent.ele(name), name, content)
  } else if (content !== null) {
    parent.ele(name).txt(xmlText(name, content as string | number | boolean))
  }
}
