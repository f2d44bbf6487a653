;; One row of the letterbox: bilinear, from two rows of a picture, 128 bits at a time.
;;
;; A pixel and its right neighbour are eight bytes from `left` on: r g b R G B, and two that are not used.
;; Shuffled into 16-bit lanes [r R g G b B . .], one multiply-add with the weights of the two columns blends
;; them into 32-bit lanes [red green blue .]. Done above and below, and blended once more.
(module
  (memory (export "memory") 1)

  (func (export "resampleRow")
    ;; For each output pixel 8 bytes: `left`, its first source pixel, in bytes from the row's start (i32), and
    ;; the weights of this one and of the next (i16 each, 32767 together).
    (param $column i32) (param $columnsEnd i32)
    ;; The two source rows, and their weights: together 1 / 32767.
    (param $above i32) (param $below i32) (param $aboveWeight f32) (param $belowWeight f32)
    ;; The output row in the blue plane (f32), and a plane's bytes: green and red are one and two of them on.
    (param $blue i32) (param $plane i32)
    (local $green i32) (local $red i32) (local $left i32) (local $weights v128) (local $pixel v128)

    (local.set $green (i32.add (local.get $blue) (local.get $plane)))
    (local.set $red (i32.add (local.get $green) (local.get $plane)))
    (loop $pixels
      (local.set $left (i32.load (local.get $column)))
      (local.set $weights (v128.load32_splat offset=4 (local.get $column)))
      (local.set $pixel
        (f32x4.add
          (f32x4.mul
            (f32x4.splat (local.get $aboveWeight))
            (f32x4.convert_i32x4_s
              (i32x4.dot_i16x8_s
                (local.get $weights)
                (i8x16.shuffle 0 16 3 16 1 16 4 16 2 16 5 16 6 16 7 16
                  (v128.load64_zero (i32.add (local.get $above) (local.get $left)))
                  (v128.const i64x2 0 0)))))
          (f32x4.mul
            (f32x4.splat (local.get $belowWeight))
            (f32x4.convert_i32x4_s
              (i32x4.dot_i16x8_s
                (local.get $weights)
                (i8x16.shuffle 0 16 3 16 1 16 4 16 2 16 5 16 6 16 7 16
                  (v128.load64_zero (i32.add (local.get $below) (local.get $left)))
                  (v128.const i64x2 0 0)))))))
      (v128.store32_lane 0 (local.get $red) (local.get $pixel))
      (v128.store32_lane 1 (local.get $green) (local.get $pixel))
      (v128.store32_lane 2 (local.get $blue) (local.get $pixel))
      (local.set $red (i32.add (local.get $red) (i32.const 4)))
      (local.set $green (i32.add (local.get $green) (i32.const 4)))
      (local.set $blue (i32.add (local.get $blue) (i32.const 4)))
      (local.set $column (i32.add (local.get $column) (i32.const 8)))
      (br_if $pixels (i32.lt_u (local.get $column) (local.get $columnsEnd))))))
