;; A row of the sensor: four pixels at a time get their noise and lose their fourth byte.
(module
  (memory (export "memory") 2)

  ;; Pixels (red, green, blue, one byte of nothing) from `pixel` to `pixelsEnd` are written from `to` on as three bytes
  ;; each; up to 15 bytes behind the last one are written over. `grey` is where this row's noise of all three channels
  ;; stands, a signed byte a pixel, `tint` that of red, whose opposite is blue's, twice as large.
  (func (export "exposeRow")
    (param $pixel i32) (param $pixelsEnd i32) (param $grey i32) (param $tint i32) (param $to i32)
    (local $colours v128) (local $greys v128) (local $tints v128)
    (loop $pixels
      (local.set $colours (v128.load (local.get $pixel)))
      (local.set $greys (v128.load32_zero (local.get $grey)))
      (local.set $tints (i8x16.shr_s (v128.load32_zero (local.get $tint)) (i32.const 1)))
      ;; Each pixel's noise stands four times, as its colour's bytes do.
      (local.set $greys
        (i8x16.shuffle 0 0 0 0 1 1 1 1 2 2 2 2 3 3 3 3 (local.get $greys) (local.get $greys)))
      (local.set $tints
        (i8x16.shuffle 0 0 0 0 1 1 1 1 2 2 2 2 3 3 3 3 (local.get $tints) (local.get $tints)))
      (v128.store (local.get $to)
        (i8x16.shuffle 0 1 2 4 5 6 8 9 10 12 13 14 16 16 16 16
          ;; What leaves 0 to 255 is cut off.
          (i8x16.narrow_i16x8_u
            (i16x8.add
              (i16x8.add
                (i16x8.extend_low_i8x16_u (local.get $colours))
                (i16x8.extend_low_i8x16_s (local.get $greys)))
              (i16x8.mul
                (i16x8.extend_low_i8x16_s (local.get $tints))
                (v128.const i16x8 1 0 -1 0 1 0 -1 0)))
            (i16x8.add
              (i16x8.add
                (i16x8.extend_high_i8x16_u (local.get $colours))
                (i16x8.extend_high_i8x16_s (local.get $greys)))
              (i16x8.mul
                (i16x8.extend_high_i8x16_s (local.get $tints))
                (v128.const i16x8 1 0 -1 0 1 0 -1 0))))
          (v128.const i32x4 0 0 0 0)))
      (local.set $grey (i32.add (local.get $grey) (i32.const 4)))
      (local.set $tint (i32.add (local.get $tint) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 12)))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $pixelsEnd))))))
