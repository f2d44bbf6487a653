;; Smooth value noise over the plane: each corner of a cell, one unit wide, has a value of its own.
(module
  (memory (export "memory") 1)

  ;; Adds noise, -`strength` to `strength`, to the `count` numbers (f64) at `sums`: at points of the plane whose
  ;; coordinates (f64) stand at `xs` and `ys`. `scale` is cells a unit.
  (func (export "addNoise")
    (param $sums i32) (param $xs i32) (param $ys i32) (param $count i32)
    (param $scale f64) (param $seed i32) (param $strength f64)
    (local $end i32) (local $point v128) (local $cell v128) (local $known v128) (local $hash v128)
    (local $low v128) (local $high v128) (local $blend v128) (local $rest v128) (local $weights v128)
    (local $below v128) (local $above v128)
    ;; The cell whose corners are known: none.
    (local.set $known (v128.const i32x4 0 0 1 0))
    (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $count) (i32.const 3))))
    (loop $points
      (local.set $point
        (f64x2.mul
          (v128.load64_lane 1 (local.get $ys) (v128.load64_zero (local.get $xs)))
          (f64x2.splat (local.get $scale))))
      (local.set $cell (f64x2.floor (local.get $point)))

      ;; How far into the cell, x and y, smoothed: t t (3 - 2 t).
      (local.set $point (f64x2.sub (local.get $point) (local.get $cell)))
      (local.set $blend
        (f64x2.mul
          (f64x2.mul (local.get $point) (local.get $point))
          (f64x2.sub
            (v128.const f64x2 3 3)
            (f64x2.mul (v128.const f64x2 2 2) (local.get $point)))))
      (local.set $rest (f64x2.sub (v128.const f64x2 1 1) (local.get $blend)))

      ;; The cell's four corners at once: left and right below, left and right above.
      (local.set $cell (i32x4.trunc_sat_f64x2_s_zero (local.get $cell)))
      (if (v128.any_true (v128.xor (local.get $cell) (local.get $known)))
        (then
          (local.set $known (local.get $cell))
          (local.set $hash
            (v128.xor
              (v128.xor
                (i32x4.mul
                  (i32x4.add (i32x4.splat (i32x4.extract_lane 0 (local.get $cell))) (v128.const i32x4 0 1 0 1))
                  (i32x4.splat (i32.const 0x27d4eb2d)))
                (i32x4.mul
                  (i32x4.add (i32x4.splat (i32x4.extract_lane 1 (local.get $cell))) (v128.const i32x4 0 0 1 1))
                  (i32x4.splat (i32.const 0x165667b1))))
              (i32x4.splat (local.get $seed))))
          (local.set $hash
            (i32x4.mul
              (v128.xor (local.get $hash) (i32x4.shr_u (local.get $hash) (i32.const 15)))
              (i32x4.splat (i32.const 0x85ebca6b))))
          (local.set $hash
            (i32x4.mul
              (v128.xor (local.get $hash) (i32x4.shr_u (local.get $hash) (i32.const 13)))
              (i32x4.splat (i32.const 0xc2b2ae35))))
          (local.set $hash (v128.xor (local.get $hash) (i32x4.shr_u (local.get $hash) (i32.const 16))))
          (local.set $low (call $values (local.get $hash)))
          (local.set $high
            (call $values
              (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $hash) (local.get $hash))))))

      ;; From left to right, then from below to above.
      (local.set $weights
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $rest) (local.get $blend)))
      (local.set $below (f64x2.mul (local.get $low) (local.get $weights)))
      (local.set $above (f64x2.mul (local.get $high) (local.get $weights)))
      (local.set $below
        (f64x2.add
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $below) (local.get $above))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $below) (local.get $above))))
      (f64.store (local.get $sums)
        (f64.add
          (f64.load (local.get $sums))
          (f64.mul
            (local.get $strength)
            (f64.add
              (f64.mul (f64x2.extract_lane 0 (local.get $below)) (f64x2.extract_lane 1 (local.get $rest)))
              (f64.mul (f64x2.extract_lane 1 (local.get $below)) (f64x2.extract_lane 1 (local.get $blend)))))))
      (local.set $xs (i32.add (local.get $xs) (i32.const 8)))
      (local.set $ys (i32.add (local.get $ys) (i32.const 8)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 8)))
      (br_if $points (i32.lt_u (local.get $sums) (local.get $end)))))

  ;; Two hashes as values from -1 to 1.
  (func $values (param $hashes v128) (result v128)
    (f64x2.sub
      (f64x2.mul (f64x2.convert_low_i32x4_u (local.get $hashes)) (v128.const f64x2 0x1p-31 0x1p-31))
      (v128.const f64x2 1 1))))
