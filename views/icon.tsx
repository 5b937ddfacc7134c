const shapes = {
  close: 'M4.5 4.5l9 9m0-9l-9 9',
  menu: 'M3 5h12M3 9h12M3 13h12',
  more: 'M4 9h.01M9 9h.01M14 9h.01',
  plus: 'M9 3.5v11M3.5 9h11',
  search: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10zm3.6-1.4L15 15',
  send: 'M9 14.5v-11M4.5 8L9 3.5 13.5 8',
  stop: 'M5.5 5.5h7v7h-7z',
  thumb:
    'M3.5 8H6v7H3.500zM6 8l2.700-5.300c1.300 0 2.100 1 1.800 2.200L10 7.300h3.700c1 0 1.700.9 1.500 1.800l-1 4.700c-.2.700-.8 1.200-1.500 1.200H6',
} as const

/** A line icon of 18 by 18 pixels in the colour of the text. Hidden from screen readers: its control has the label. */
export function Icon({ name }: { name: keyof typeof shapes }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 18 18" width="18" height="18" aria-hidden="true">
      <path d={shapes[name]} />
    </svg>
  )
}
