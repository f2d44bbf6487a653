;; Drawing on a canvas, 128 bits at a time: four samples of a solid's side, four pixels in a light, four pixels that
;; become the mean of their samples.
;;
;; Addresses and distances are in bytes. Colours of samples stand from 0 on, their depths (f32) one `plane` behind, their
;; ids (i32) two. Up to 12 bytes behind a row are read, and written as they were.
(module
  (memory (export "memory") 0)

  ;; Draws the side of a solid, of `colour` and `id`, from `row` up to `rowsEnd`. Each row of `width` samples has its first
  ;; column and the one behind its last at `spans` (i32, by row). 1 / depth is `origin`, and so much more per column and row.
  (func (export "fillSolid")
    (param $row i32) (param $rowsEnd i32) (param $width i32) (param $spans i32) (param $plane i32) (param $still i32)
    (param $origin f64) (param $perColumn f64) (param $perRow f64)
    (param $colour i32) (param $id i32) (param $base i32)
    (local $from i32) (local $to i32)
    (loop $rows
      (local.set $from (i32.load (i32.add (local.get $spans) (i32.shl (local.get $row) (i32.const 3)))))
      (local.set $to (i32.load offset=4 (i32.add (local.get $spans) (i32.shl (local.get $row) (i32.const 3)))))
      (if (i32.lt_s (local.get $from) (local.get $to))
        (then
          (call $fillRow
            (i32.shl (i32.add (i32.mul (local.get $row) (local.get $width)) (local.get $from)) (i32.const 2))
            (local.get $plane)
            ;; Of a pixel there are two rows and two columns of samples.
            (i32.add
              (local.get $still)
              (i32.add
                (i32.mul (i32.shr_u (local.get $row) (i32.const 1)) (local.get $width))
                (i32.and (local.get $from) (i32.const -2))))
            (i32.and (local.get $from) (i32.const 1))
            (i32.sub (local.get $to) (local.get $from))
            (f64.add
              (f64.add
                (local.get $origin)
                (f64.mul (local.get $perColumn) (f64.add (f64.convert_i32_s (local.get $from)) (f64.const 0.5))))
              (f64.mul (local.get $perRow) (f64.add (f64.convert_i32_s (local.get $row)) (f64.const 0.5))))
            (local.get $perColumn)
            (local.get $colour) (local.get $id) (local.get $base))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_s (local.get $row) (local.get $rowsEnd)))))

  ;; Draws `count` samples where they are nearer than what is there. `near` is 1 / depth at the first of them, `step` its
  ;; change a sample. Ids above `base` are of this picture. Others show what stands still: at `still` is 1 / depth of a
  ;; pixel (u16, 32,767 is 1), two samples each; `odd` is 1 if the first pixel begins a sample before.
  (func $fillRow
    (param $sample i32) (param $plane i32) (param $still i32) (param $odd i32) (param $count i32)
    (param $near f64) (param $step f64) (param $colour i32) (param $id i32) (param $base i32)
    (local $depth i32) (local $number i32) (local $left v128) (local $low v128) (local $high v128)
    (local $ids v128) (local $depths v128) (local $walls v128) (local $seen v128)
    (local.set $depth (i32.add (local.get $sample) (local.get $plane)))
    (local.set $number (i32.add (local.get $depth) (local.get $plane)))
    ;; Lanes with a number above 0 are still to be drawn.
    (local.set $left
      (i32x4.sub (i32x4.splat (local.get $count)) (v128.const i32x4 0 1 2 3)))
    (loop $samples
      ;; Step by step, so that it comes to the same for every sample wherever the row begins.
      (local.set $low (f64x2.splat (local.get $near)))
      (local.set $near (f64.add (local.get $near) (local.get $step)))
      (local.set $low (f64x2.replace_lane 1 (local.get $low) (local.get $near)))
      (local.set $near (f64.add (local.get $near) (local.get $step)))
      (local.set $high (f64x2.splat (local.get $near)))
      (local.set $near (f64.add (local.get $near) (local.get $step)))
      (local.set $high (f64x2.replace_lane 1 (local.get $high) (local.get $near)))
      (local.set $near (f64.add (local.get $near) (local.get $step)))

      (local.set $ids (v128.load (local.get $number)))
      (local.set $depths (v128.load (local.get $depth)))
      (local.set $walls (i32x4.extend_low_i16x8_u (v128.load64_zero (local.get $still))))
      (local.set $walls
        (if (result v128) (local.get $odd)
          (then
            (i8x16.shuffle 0 1 2 3 4 5 6 7 4 5 6 7 8 9 10 11 (local.get $walls) (local.get $walls)))
          (else
            (i8x16.shuffle 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 (local.get $walls) (local.get $walls)))))
      ;; Half a pixel of what stands still and a sample may stand at one depth: it is taken back by one.
      (local.set $walls (i32x4.sub (local.get $walls) (v128.const i32x4 1 1 1 1)))

      (local.set $seen
        (v128.and
          (i32x4.gt_s (local.get $left) (v128.const i32x4 0 0 0 0))
          (v128.bitselect
            (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27
              (f64x2.gt (local.get $low) (f64x2.promote_low_f32x4 (local.get $depths)))
              (f64x2.gt (local.get $high)
                (f64x2.promote_low_f32x4
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
                    (local.get $depths) (local.get $depths)))))
            (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27
              (f64x2.ge
                (f64x2.mul (local.get $low) (v128.const f64x2 32767 32767))
                (f64x2.convert_low_i32x4_s (local.get $walls)))
              (f64x2.ge
                (f64x2.mul (local.get $high) (v128.const f64x2 32767 32767))
                (f64x2.convert_low_i32x4_s
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15
                    (local.get $walls) (local.get $walls)))))
            (i32x4.gt_s (local.get $ids) (i32x4.splat (local.get $base))))))

      (v128.store (local.get $sample)
        (v128.bitselect (i32x4.splat (local.get $colour)) (v128.load (local.get $sample)) (local.get $seen)))
      (v128.store (local.get $depth)
        (v128.bitselect
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
            (f32x4.demote_f64x2_zero (local.get $low))
            (f32x4.demote_f64x2_zero (local.get $high)))
          (local.get $depths)
          (local.get $seen)))
      (v128.store (local.get $number)
        (v128.bitselect (i32x4.splat (local.get $id)) (local.get $ids) (local.get $seen)))

      (local.set $sample (i32.add (local.get $sample) (i32.const 16)))
      (local.set $depth (i32.add (local.get $depth) (i32.const 16)))
      (local.set $number (i32.add (local.get $number) (i32.const 16)))
      (local.set $still (i32.add (local.get $still) (i32.const 4)))
      (local.set $left (i32x4.sub (local.get $left) (v128.const i32x4 4 4 4 4)))
      (br_if $samples (i32.gt_s (i32x4.extract_lane 0 (local.get $left)) (i32.const 0)))))

  ;; Adds `light` to `count` pixels where nothing stands at `still`; channels are cut off at 255.
  (func (export "brighten")
    (param $pixel i32) (param $still i32) (param $count i32) (param $light i32)
    (local $left v128)
    (local.set $left
      (i32x4.sub (i32x4.splat (local.get $count)) (v128.const i32x4 0 1 2 3)))
    (loop $pixels
      (v128.store (local.get $pixel)
        (i8x16.add_sat_u
          (v128.load (local.get $pixel))
          (v128.and
            (i32x4.splat (local.get $light))
            (v128.and
              (i32x4.gt_s (local.get $left) (v128.const i32x4 0 0 0 0))
              (i32x4.eq
                (i32x4.extend_low_i16x8_u (v128.load64_zero (local.get $still)))
                (v128.const i32x4 0 0 0 0))))))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (local.set $still (i32.add (local.get $still) (i32.const 8)))
      (local.set $left (i32x4.sub (local.get $left) (v128.const i32x4 4 4 4 4)))
      (br_if $pixels (i32.gt_s (i32x4.extract_lane 0 (local.get $left)) (i32.const 0)))))

  ;; Pixels up to `pixelsEnd`, four at a time, become the mean of their four samples: two at `sample`, two a `row` of
  ;; samples below. Ids from `base` on are of this picture; other samples show the pixel as it is.
  (func (export "average")
    (param $pixel i32) (param $pixelsEnd i32) (param $sample i32) (param $row i32) (param $plane i32) (param $base i32)
    (local $below i32) (local $ids i32) (local $idsBelow i32) (local $bases v128) (local $left v128) (local $right v128)
    (local $drawnLeft v128) (local $drawnRight v128) (local $drawnLeftBelow v128) (local $drawnRightBelow v128)
    (local.set $bases (i32x4.splat (local.get $base)))
    (local.set $below (i32.add (local.get $sample) (local.get $row)))
    (local.set $ids (i32.add (local.get $sample) (i32.shl (local.get $plane) (i32.const 1))))
    (local.set $idsBelow (i32.add (local.get $ids) (local.get $row)))
    (loop $pixels
      (local.set $drawnLeft (i32x4.ge_s (v128.load (local.get $ids)) (local.get $bases)))
      (local.set $drawnRight (i32x4.ge_s (v128.load offset=16 (local.get $ids)) (local.get $bases)))
      (local.set $drawnLeftBelow (i32x4.ge_s (v128.load (local.get $idsBelow)) (local.get $bases)))
      (local.set $drawnRightBelow (i32x4.ge_s (v128.load offset=16 (local.get $idsBelow)) (local.get $bases)))
      (if (v128.any_true
            (v128.or
              (v128.or (local.get $drawnLeft) (local.get $drawnRight))
              (v128.or (local.get $drawnLeftBelow) (local.get $drawnRightBelow))))
        (then
          ;; A pixel is two samples wide.
          (local.set $left (v128.load (local.get $pixel)))
          (local.set $right
            (i8x16.shuffle 8 9 10 11 8 9 10 11 12 13 14 15 12 13 14 15 (local.get $left) (local.get $left)))
          (local.set $left
            (i8x16.shuffle 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 (local.get $left) (local.get $left)))
          (v128.store (local.get $pixel)
            (i8x16.narrow_i16x8_u
              (call $means
                (v128.bitselect (v128.load (local.get $sample)) (local.get $left) (local.get $drawnLeft))
                (v128.bitselect (v128.load (local.get $below)) (local.get $left) (local.get $drawnLeftBelow)))
              (call $means
                (v128.bitselect (v128.load offset=16 (local.get $sample)) (local.get $right) (local.get $drawnRight))
                (v128.bitselect
                  (v128.load offset=16 (local.get $below)) (local.get $right) (local.get $drawnRightBelow)))))))
      (local.set $sample (i32.add (local.get $sample) (i32.const 32)))
      (local.set $below (i32.add (local.get $below) (i32.const 32)))
      (local.set $ids (i32.add (local.get $ids) (i32.const 32)))
      (local.set $idsBelow (i32.add (local.get $idsBelow) (i32.const 32)))
      (local.set $pixel (i32.add (local.get $pixel) (i32.const 16)))
      (br_if $pixels (i32.lt_u (local.get $pixel) (local.get $pixelsEnd)))))

  ;; Of two pixels, each two samples wide and two high: 16-bit channels.
  (func $means (param $above v128) (param $below v128) (result v128)
    (local $first v128) (local $second v128)
    (local.set $first
      (i16x8.add (i16x8.extend_low_i8x16_u (local.get $above)) (i16x8.extend_low_i8x16_u (local.get $below))))
    (local.set $second
      (i16x8.add (i16x8.extend_high_i8x16_u (local.get $above)) (i16x8.extend_high_i8x16_u (local.get $below))))
    (i16x8.shr_u
      (i16x8.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $first) (local.get $second))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $first) (local.get $second)))
      (i32.const 2))))
