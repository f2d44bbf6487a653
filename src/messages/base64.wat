;; Whether bytes are of base64's alphabet, 16 at a time.
(module
  (memory (export "memory") 1)

  ;; 1 if all bytes from 0 to `end`, a multiple of 16, are letters, digits, + or /.
  (func (export "isAlphabet") (param $end i32) (result i32)
    (local $at i32) (local $bytes v128) (local $good v128)
    (local.set $good (i8x16.splat (i32.const -1)))
    (block $done
      (loop $blocks
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $bytes (v128.load (local.get $at)))
        (local.set $good
          (v128.and
            (local.get $good)
            (v128.or
              ;; With the bit that tells lower case from upper: 26 from a on.
              (i8x16.lt_u
                (i8x16.sub
                  (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20)))
                  (i8x16.splat (i32.const 0x61)))
                (i8x16.splat (i32.const 26)))
              (v128.or
                ;; The digits follow the slash.
                (i8x16.lt_u
                  (i8x16.sub (local.get $bytes) (i8x16.splat (i32.const 0x2f)))
                  (i8x16.splat (i32.const 11)))
                (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x2b)))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (i8x16.all_true (local.get $good))))
