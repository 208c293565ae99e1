/** Text that screen readers speak when it changes; it is not seen. */
export function LiveRegion({ text }: { readonly text: string }) {
  return (
    <p class="visually-hidden" role="status">
      {text}
    </p>
  );
}
