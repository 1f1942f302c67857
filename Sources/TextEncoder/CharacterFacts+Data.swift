// Written by tools/character-tables.

/// The facts, in a form for `forEachRun` and `forEachMap`.
extension CharacterFacts {
  /// Run lengths over all code points in base 36, each with the letter of a `CharacterClass`.
  static let classes: StaticString = """
    9R2W2X1WiR1WfPaK7PqK6PqK4P6R1XqR1W1P5K1P3K1P1K1R8K2P3K1P3K1Pg0K27M1SwMeK1P8K1P6zK5M5uK6P15K2P6K19M1P1M1P2M1P2M1\
    P1M17K2PbK6R3K2P1K2P2KbM1P1R1K2P17KlMaK4P2K1M2rK1P1K7M1R1K6M2K2M1K4MiKeP1K1R1K1MuKrM2jKbS1mK9M3K3PsK4M1K9M1K3M1\
    K5M2KfPqK3M2K1P39KeN1KtM3S1jK1S1K1M4K8S4K1M3K4M3SaK2S2PaK1PgK1S1mK1M4K4S8K1MkK2StK2S1lK1M4K2S4K2S2K2S1M3K1SuK2S\
    3K1SbK2S1lK1M4K5S1K2S4K1MkK2ScK1PgK1S1mK1M2K1S1K4S8K1M8K1SbK2SuK1S1pK1ScK1M1eK1S1pK3S5K3S1K3S1M7K2MbK2StK1S1mK1\
    M2K1S6K1S5K1S1MkK2StK1S1rK4S8K1MkK2S2uK1M7K3S1K1StK1P1oK1S2K4S3McK1S4M3S1PaK2P2dK1S2K4S2M1K2SbK4M2S1iKfP1K1P3K2\
    MrK1M1K1M1K1M4P1fK5M4S4M1S1K5M1P2M5KbS1K10S9K1M9K5P4K2P2aK4S1K5S1M1K2M2K2SbK6P8K2S4K3SgK4SdK1S2K2S6K1MfK1S2lK1P\
    gxK3M9P47K1Ph8K2PhK1WqK2P26K3P10K2S1MtK2S1M2PrK2SuK2S1sK2S1K7S8K1S2K9S1M1S3P1K3P2K1MyKbP3S1R4aK1M3aK3S4K2S9K1S6\
    K3M8K2P5tK2M2K1S2K2P1iK1S1K7S1K1M1K1S2K8S6K2S8M2K1MwK7P1K6P2KeM1uK4S1cK1M1K5S1K1S5K1S1K1NlK7PaK9McK2SwK4S2K2S1N\
    1M2S1kK1M1K2S3K1S1K3S2N8K4P18K8S2K1S1M3K5P1qK2P1sK8P8K3M1PdM1K7M4K1M6K1M3K2M5iK1iM5K1N4Me8KbW5RoP2W5R1WkP1KdP1K\
    cP1W5R1KaRdK2PeK2P1tKdM4K1M3KcMevK4PtK2Pu5KeP27K2PvKaPb7KmP1rK4PwK2PkxK3M7K4P1K2P34K1PeK1M2oKwM1bP1KjPcdK1W3P4K\
    aP2KcPaK4M2N1PcK1P2jK2M5K1P2iK1PlgK534C1sKg74CziK2P7hK3P2nK1M3K1PaM1PvK2M28K2M6P7eK1S3K1M4K1SpK2S25K4P24K1M9K2P\
    gKiM6K3P1K1P15K5S3M2PnKbS1K1NbK1PwK3S1cK1M2K4S2K1S3K1NdPgK2P5K1S1vK6S2K2S2K2ScK1S8K1SfK4PsK1S1fK1M1K3M2K2M5K2M1\
    K1MsK2PcK2S2K2P4K1M6mK1S2K1S2K1P1K1MaaaK4xsRe8CuK1Mf3K2P5cKgSaP6KgMzP1KeP1K1P4K1P1K2P43K1R1K3P1K6P1K4PaK2P3K2Pq\
    K3P1K1PrK1P1K1P1K7P43K3R1K1R76K3P6yK1M6aK1M45K5M10K1P1cK1PbiK1PknK1P5jK1PvK1P5dK3S1K2S5K1S1M1S1M14K3M4K1MgK9P12\
    K1P2tK2M9K7P1uK7P2hK4Pv8K1S1iKeS1M7P1dK1M2S1dK4S2K2M2P1R4P1qK3M10K5S1K6S2MbK4P1bK1M2PaK2S1gK9S1K1N4K5P1M2S1PdK1\
    P1K3P27K3S2K1S1N1M1S6P2zK1P1hK1S3K6S2MlK2S1mK1M3K1ScK1NoK7M3K5M5pK1N3K1N30K6S1K1S4K2S1K2M2K1P6jK4S6K2S1K2MnP4K2\
    S2dK8S2K1S1K1M1S3P2vK1S1K1S2K6S1N1M2tK3S2K4S1K4S1MgK3PzkK1N1m8K5PdtlK2P3kK5M1P1mK7M5P8K1PuiK4Sf7uK1S1M1P4R43lK2\
    N3M3K6N8R8M2K7MuK4M44K3M1izK1jS4K1eS8K1SeK1S2K5PfK5S1KfS11sK7N1KhN2K7N1K2N1K5N1phK7M31K7N4hhKwyoCwK3dsC74K49cC8\
    5sKf4CfhepK1RuK2oR3kK6oS1e6oK1ekeR2K1ekeR2K
    """

  /// Combining classes of the marks that are kept, in the form of `folded`.
  static let orders: StaticString = """
    1qs+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 3mr+6 2u+6 20+6 1+6 eg+6 3lf+6 1+6 nxg+6 31+6 kjk+6 3\
    9+6 7s+6 6t+6 4+6 hc+6 13d+6 zs6+6 1+6 7+6 1+6 1+6 1+6 1+6 1+6 2vi+6 1+6 1+6 1+6 1+6 1+6 1+6 2+6 1+6 1+6 1+6 1+\
    6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 1+6 3+6 1+6 1+6 1+6 1+6 1+6 1+6 2+6 1+6 2+6 1+6 1+6 1+6 1+6 1sq+6\
     1+6 1+6 1+6 1+6 1+6 1+6
    """

  /// Lower case without accents: gap from the scalar before in base 36, then `+` and the result, `/` before a further
  /// scalar of it; `*count` for a row of scalars, with `=` for every second one. Hangul syllables are left out.
  static let folded: StaticString = """
    1t+2p*q 2u+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+6e 1+2r 1+2t 1+2t 1+2t 1+2t 1+2x 1+2x 1+2x 1+2x 1+6o 1+32*2 1+33 1+33 \
    1+33 1+33 2+6w 1+39 1+39 1+39 1+39 1+3d 1+72 2+2p 1+2p 1+2p 1+2p 1+2p 1=2p*2 1+2t 1+2t 1+2t 1+2t 1+2x 1+2x 1+2x\
     1+2x 2+32*2 1+33 1+33 1+33 1+33 3+39 1+39 1+39 1+39 1+3d 2+3d 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2r 1+2r 1+2r 1+2\
    r 1+2r 1+2r 1+2r 1+2r*2 1+2s 1+7l 2+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2v 1+2v 1+2v 1+2v 1+2v 1+\
    2v 1+2v 1+2v*2 1+2w 1+87 2+2x 1+2x 1+2x 1+2x 1+2x 1+2x 1+2x 1+2x 1+2x 2+8j 2+2y 1+2y*2 1+2z 2+30 1+30 1+30 1+30\
     1+30 1+30 1=8w*2 2+32 1+32 1+32 1+32 1+32 1+32 2+97 2+33 1+33 1+33 1+33 1+33 1+33 1+9f 2+36 1+36 1+36 1+36 1+3\
    6 1+36*2 1+37 1+37 1+37 1+37 1+37 1+37 1+37*2 1+38 1+38 1+38 1+9z 2+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 \
    1+39 1+39 1+39 1+3b 1+3b 1+3d 1+3d 1+3d*2 1+3e 1+3e 1+3e 1+3e 1+3e 3+gj 1=ar*2 2+gk 1+aw 2+gm*2 1+b0 3+d9 1+gp \
    1+gr 1+b6 2+gw 1+gz 2+h5 1+h4 1+bd 4+hb 1+he 2+hh 1+33 1+33 1=bn*2 2+hs 1+bs 2+hv 3+bx 2+i0 1+39 1+39 1+i2*2 1=\
    c4*2 2+ia 1+c9 4+cd 8+cm 1+cm 2+cp 1+cp 2+cs 1+cs 2+2p 1+2p 1+2x 1+2x 1+33 1+33 1+39 1+39 1+39 1+39 1+39 1+39 1\
    +39 1+39 1+39 1+39 2+2p 1+2p 1+2p 1+2p 1+6e 1+6e 1+dh 2+2v 1+2v 1+2z 1+2z 1+33 1+33 1+33 1+33 1+ia 1+ia 1+2y 1+\
    dv 1+dv 2+2v 1+2v 1+b9 1+cf 1+32 1+32 1+2p 1+2p 1+6e 1+6e 1+6w 1+6w 1+2p 1+2p 1+2p 1+2p 1+2t 1+2t 1+2t 1+2t 1+2\
    x 1+2x 1+2x 1+2x 1+33 1+33 1+33 1+33 1+36 1+36 1+36 1+36 1+39 1+39 1+39 1+39 1+37 1+37*2 1+38 1+f1 2+2w 1+2w 1+\
    bi 2=f7*2 2+2p 1+2p 1+2t 1+2t 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+3d 1+3d 7+8rp 1+fw 2+be 1+8rq 3+g2 2+ao\
     1+i1 1+i4 1=g7*5 82=oh*2 2+jd 2+on 8+1n 1+s3 6+4o 1+q9 1+53 1+qd 1+qf 1+qh 2+qn 2+qt 1+qx 1+qh 1+q9*h 2+qr*7 1\
    +qh 1+qt 1+q9 1+qd 1+qf 1+qh 1+qt q+qh 1+qt 1+qn 1+qt 1+qx 1+rb 4+r6 1+r6 4=rd*c 6+qg 3+s8 2+s2 1+sb 3+or*3 1+t\
    x 1+tx 1+uq 1+tv 1+us*3 1+uu 1+uw*4 1+u2 1+u0 1+ub 1+v3 1+ts*9 1+u0 1+u2*m a+u0 n+tx 1+tx 2+tv 4+uu 5+u2 1+u0 1\
    +ub 2=v5*b 2+vp 1+vp 1=vt*5 a=wb*r 2+y7 1+ty 1+ty 1=xw*6 3+ts 1+ts 1+ts 1+ts 1+yd 2+tx 1+tx 1+yh 2+yh 1+yh 1+ty\
     1+ty*2 1+tz 1+yp 2+u0 1+u0 1+u0 1+u0 1+u6 1+u6 1+yx 2+yx 1+yx 1+ul 1+ul 1+ub 1+ub 1+ub 1+ub 1+ub 1+ub 1+uf 1+u\
    f 1+zb 2+uj 1+uj 1=zf*r 3+129*12 5o+17r 1+17r 1+18o 1+17r 1+18q 4a+1cl 2+1c1 h+1ci gm+1t4 8+1tc 3+1tf 10+1sl*3 \
    1+1ss 1+1sx*2 1+1t7 1+1tb 30+1xj/1xa 1+1xj/1xz g+1wh*2 2+1wv 2c+20i 3+20o z+1zq*2 1+1zw 3+20b 6i+287 3+287/27y \
    1+287/28n g+275*2 1j+2aa/2c7 1i+2bq/2bi 1+2br/2bi 1+2bq/2c7 6s+2j9 7+2j9*2 2+2iq 1+2iq/2j9 3j+2me/2m6 1+2mf/2m6\
     1+2me/2mv 3y+2qh 2+2qh/2q7 1+2qh/2q7 1+2qh/2qn 9x+30i a+30s 5+30x 5+312 5+317 d+30g 59+36t 3e+8w0*12 2+8x3 6+8\
    x9 k3+xv4*28 1+3y0*6 1e9+5c5/5dh 2+5c7/5dh 2+5c9/5dh 2+5cb/5dh 2+5cd/5dh 4+5ch/5dh 15+5dh 2+5dh 3+5dq/5dh 1+5dr\
    /5dh 2+5dh 92+5my 7+3bk*17 3+3ct*3 8x+2p 1+2p*2 1+2q 1+2q 1+2q 1+2q 1+2q*2 1+2r*2 1+2s 1+2s 1+2s 1+2s 1+2s 1+2s\
     1+2s 1+2s 1+2s*2 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t*2 1+2u*2 1+2v*2 1+2w 1+2w 1+2w 1+2w 1+2w 1+2w 1+\
    2w 1+2w 1+2w*2 1+2x 1+2x 1+2x 1+2z 1+2z 1+2z 1+2z 1+2z 1+2z*2 1+30 1+30 1+30 1+30 1+30 1+30 1+30*2 1+31 1+31 1+\
    31 1+31 1+31*2 1+32 1+32 1+32 1+32 1+32 1+32 1+32*2 1+33 1+33 1+33 1+33 1+33 1+33 1+33*2 1+34 1+34 1+34 1+36 1+\
    36 1+36 1+36 1+36 1+36 1+36 1+36*2 1+37 1+37 1+37 1+37 1+37 1+37 1+37 1+37 1+37*2 1+38 1+38 1+38 1+38 1+38 1+38\
     1+38*2 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39*2 1+3a 1+3a 1+3a*2 1+3b 1+3b 1+3b 1+3b 1+3b 1+3b 1+3b 1+3b\
     1+3b*2 1+3c 1+3c 1+3c*2 1+3d*2 1+3e 1+3e 1+3e 1+3e 1+3e 1+2w 1+38 1+3b 1+3d 2+an 3+67 2+2p 1+2p 1+2p 1+2p 1+2p\
     1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2p 1+2t 1+2t 1+2t \
    1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2t 1+2x 1+2x 1+2x 1+2x 1+33 1+33 1+33 1+33 1+33 1\
    +33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+33 1+39 1+39 1+39 1+\
    39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+39 1+3d 1+3d 1+3d 1+3d 1+3d 1+3d 1+3d 1+3d 1=64b*3 2+q9 1+q9 \
    1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+qd 1+qd 1+qd 1+qd 1+qd 1+qd 3+qd 1+qd 1\
    +qd 1+qd 1+qd 1+qd 3+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qh 1+qh 1+\
    qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qh 1+qn 1+qn 1+qn 1+qn 1+qn 1+qn 3+qn 1+qn 1+q\
    n 1+qn 1+qn 1+qn 3+qt 1+qt 1+qt 1+qt 1+qt 1+qt 1+qt 1+qt 2+qt 2+qt 2+qt 2+qt 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx\
     1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+q9 1+q9 1+qd 1+qd 1+qf 1+qf 1+qh 1+qh 1+qn 1+qn 1+qt 1+qt 1+qx \
    1+qx 3+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+qf 1+qf 1+qf 1+qf 1+qf 1\
    +qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qf 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+qx 1+\
    qx 1+qx 1+qx 1+qx 1+qx 1+q9 1+q9 1+q9 1+q9 1+q9 2+q9 1+q9 1+q9 1+q9 1+q9 1+q9 1+q9 2+qh 3+4o 1+qf 1+qf 1+qf 2+q\
    f 1+qf 1+qd 1+qd 1+qf 1+qf 1+qf 1+69r 1+69r 1+69r 1+qh 1+qh 1+qh 1+qh 3+qh 1+qh 1+qh 1+qh 1+qh 1+qh 2+6bi 1+6bi\
     1+6bi 1+qt 1+qt 1+qt 1+qt 1+qp 1+qp 1+qt 1+qt 1+qt 1+qt 1+qt 1+qt 1+qp 1+4o 1+4o 1+2o 3+qx 1+qx 1+qx 2+qx 1+qx\
     1+qn 1+qn 1+qx 1+qx 1+qx 1+50 89+qx 4+2z 1+2p 7+6ku 1a+6ls*g k+6mc n+6mo 1+6mq j+6ms v+6og 1+6ok 1+6oi 1h+6pv \
    5+6q0 3+6q3 o=6qr*2 r+6rg 3+6rn 3+6rp 2+6rs n+1p 2+6sh b+6rx 1+1o 1+1q 1+6sk*2 3+6sy*2 3+6t2*2 7+6t6*2 3+6te*2 \
    3+6ti*2 z+6ua 1+6ug*2 1+6uj 1d+6t8*2 1+6tt*2 7+6uq*4 1o+9hk*2 b0+79s*q 171+8gt 84+8q8*1c 1d+8rl 2+h7 1+5tp 1+hp\
     3=8rs*3 2+gh 1+hd 1+gg 1+gi 2+8s3 3+8s6 9+fz*2 1=8sh*1e 9=8vg*2 5+8vn nu=9jf*c 3=9k4*3 7+9kf 1+9kf 2+9ki 1+9ki\
     2+9kl 1+9kl 2+9ko 1+9ko 2+9kr 1+9kr n+9ja a+9lp e=9m3*c 3=9ms*3 7+9n3 1+9n3 2+9n6 1+9n6 2+9n9 1+9n9 2+9nc 1+9n\
    c 2+9nf 1+9nf n+9ly 3+9nz*4 4+9od n5u=wu9*n k=ww1*e 3s=x0j*7 4=x0z*v b=x2y*2 2+5tl 1=x33*5 5+x3g 2+h1 3=x3l*2 4\
    =x3r*a 2+h2 1+gs 1+gx 1+h8 1+h6 2+im 1+hz 1+il 1+xub 1=x4l*8 2+x3o 1+hu 1+5u6 1=x54*2 2+h0 1=x59*8 2+bf p+x6e g\
    0b+rpk 1+kc4 1+s7e 1+rt4 1+lw1 1+fg2 1+gkl 1+vj0 1+vj0 1+hn5 1+ssx 1+gw7 1+hmw 1+jcm 1+ne1 1+p6t 1+qin 1+qt6 1+\
    r20 1+sjz 1+kxu 1+ljv 1+mah 1+mvy 1+q4d 1+sq2 1+uep 1+fia 1+ghh 1+l50 1+mjf 1+qi5 1+v8e 1+ifk 1+m3v 1+qfh 1+r50\
     1+jih 1+pnc 1+qvz 1+iq2 1+kd3 1+lm2 1+mpo 1+slq 1+fpi 1+g53 1+gda 1+jwk 1+l3n 1+mj4 1+nhj 1+pa9 1+qh2 1+qjg 1+\
    s1b 1+tv6 1+upb 1+v7e 1+nt8 1+nzz 1+otc 1+q15 1+t1g 1+vb3 1+rfa 1+hjz 1+iro 1+okg 1+pdq 1+mle 1+nuy 1+rsy 1+ttj\
     1+hjs 1+i8y 1+kyb 1+lp6 1+lxr 1+oq7 1+oxj 1+tor 1+gcy 1+pe3 1+g64 1+g5o 1+o4c 1+ou6 1+q29 1+tpx 1+rk0 1+jin 1+\
    kxu 1+rge 1+fg9 1+i5j 1+iz6 1+mtj 1+n74 1+gev 1+nwb 1+fr3 1+iw9 1+ff1 1+lho 1+k1k 1+opu 1+gjn 1+hge 1+ni9 1+q4p\
     1+re2 1+la2 1+sds 1+lfs 1+jjy 1+put 1+jog 1+n6t 1+fji 1+g2x 1+g5l 1+kn5 1+oo7 1+prj 1+rf6 1+ssv 1+gdx 1+gn6 1+\
    ho3 1+ir0 1+k3p 1+m4e 1+nxm 1+tkd 1+ui2 1+vbr 1+vda 1+gbf 1+kau 1+l87 1+sbm 1+ino 1+j9s 1+jcw 1+jve 1+lyb 1+mdl\
     1+n0p 1+o22 1+ovo 1+pdb 1+s9y 1+q9a 1+sgz 1+t3e 1+g7r 1+gbn 1+gql 1+ma0 1+r0i 1+re2 1+iq1 1+iyd 1+jnf 1+l9q 1+\
    oji 1+mt1 1+fl0 1+h6h 1+i5j 1+iii 1+izg 1+muq 1+mzt 1+p7e 1+pc6 1+svo 1+tti 1+tvs 1+u1k 1+fpn 1+o1a 1+ss4 1+trs\
     1+j4x 1+fie 1+fyy 1+i5q 1+i7z 1+k2h 1+kxu 1+mha 1+ncy 1+q9o 1+sjg 1+vil 1+k94 1+tny 1+gax 1+kfv 1+kj7 1+lkx 1+\
    luk 1+mx5 1+n6h 1+nsb 1+opc 1+u3i 1+g31 1+je6 1+tq0 1+fu3 1+ie1 1+lpm 1+sa2 1+ivf 1+j7o 1+kk7 1+mtj 1+tqe 1+g89\
     1+glr 1+i91 1+k5v 1+kem 1+ko8 1+lid 1+mx2 1+naa 1+p6h 1+r0v 1+r1d 1+sss 1+tsy 1+gfz 1+lve 1+gm5 1+mhc 1+n14 1+\
    qgq 1+tr7 1+uvr 1+vbz 1+kgn 1+lor 1+pns 1+o97 1+obk 1+olu 1+mo0 1+m8p 1+riw 1+fk0 1+px2 1+g8q 1+g7b 1+ip2 1+jir\
     1+onq 1+i2t 1+ljy 1+kac 1+saj 1+qx8 1+tot 1+r63 1+iqb 1+g1s 1+gxs 3+hga 2+k8k 3+g66 1+mqy 1+ngq 1+ny4 1+nz2 1+\
    nz9 1+o0f 1+tw6 1+on2 1+p8d 2+qhe 2+rg8 3+shk 1+sn1 4+u7j 1+u7w 1+u94 1+v5g 1+sm6 1+trr 1+fqm 1+fzb 1+g25 1+gcp\
     1+gdg 1+ggh 1+gwt 1+gzq 1+h2g 1+hfk 1+hig 1+i90 1+i9a 1+j2s 1+j8o 1+j9q 1+jci 1+k0f 1+k4i 1+k9d 1+kn9 1+lmf 1+\
    lqy 1+lya 1+mem 1+mjv 1+mxu 1+ntd 1+ny6 1+nyh 1+nyg 1+nyo 1+nyu 1+nz1 1+o0d*2 1+o5c 1+o75 1+og0 1+ovo 1+ow9 1+o\
    xt 1+p6a 1+pad 1+pnx 1+prt 1+prt 1+q53 1+r2o 1+r6e 1+rgh 1+ri1 1+rtf 1+ruw 1+sdy 1+shk 1+tsz 1+u0v 1+u2j 1+j1x \
    1+36cu 1+pp4 3+ffq 1+g51 1+g2w 1+fpc 1+g1x 1+g3k 1+gcn 1+ge2 1+gwt 1+gut 1+gwp 1+gyq 1+hga 1+hir 1+hms 1+hn8 1+\
    huq 1+i08 1+iqa 1+iqh 1+iuh 1+iwd 1+j4o 1+j7y 1+j60 1+j9q 1+j8g 1+jci 1+jec 1+jpg 1+jrw 1+jte 1+k0m 1+k8k 1+kd3\
     1+kd7 1+keu 1+l89 1+la2 1+lkx 1+lwb 1+lvv 1+lya 1+m5a 1+mem 1+nmv 1+mk5 1+mnj 1+mqy 1+n01 1+n46 1+n5n 1+nbx 1+\
    nbz 1+ngq 1+nh7 1+nhw 1+nka 1+nk0 1+nv0 1+o8h 1+og0 1+ol7 1+orf 1+ovo 1+p4u 1+pad 1+pxu 1+q27 1+qrd 1+r41 1+r5y\
     1+r6e 1+ren 1+rg8 1+rez 1+rgh 1+rge 1+rfx 1+ri1 1+rka 1+ruw 1+sag 1+sj6 1+srd 1+sxi 1+tq4 1+tsz 1+tw6 1+tzv 1+\
    u0v 1+u17 1+u2j 1+umq 1+vj0 1+313e 1+3138 1+33dh 1+brx 1+cns 1+cop 1+39e1 1+3bgw 1+3i6r 1+vgj 1+vim 1w+15l 2+16\
    a b+161 1+161 1+161 1+161 1+15c 1+15c 1+15c*7 2+15k*5 2=15q*2 1=15t*2 1=15w*2 1+15z*4 1+15h 1+15d 1+15n 1+15w r\
    7+1ef5*q xy+1fe0*14 3t+1fiw*10 4d+1fo7*b 2+1foj*f 2+1foz*7 2+1fp7*2 1d7+1h34*1f 4e+1h80*m mt=1huh*2 f+1hut io+1\
    idj/1ida 1+1idj/1idz a7+1int 1+1int/1ink 2+1int/1inx 70+1iuw/1iun 1+1iux/1iun kl+1jgg*w gw1+20dc*w 1t+20fv*p jh\
    i+2jx3/2jxh 1+2jx4/2jxh 1+2jx4/2jxh/2jxq 1+2jx4/2jxh/2jxr 1+2jx4/2jxh/2jxs 1+2jx4/2jxh/2jxt 1+2jx4/2jxh/2jxu 2f\
    +2jzt/2jxh 1+2jzu/2jxh 1+2jzt/2jxh/2jxq 1+2jzu/2jxh/2jxq 1+2jzt/2jxh/2jxr 1+2jzu/2jxh/2jxr 4lc+2oma*y 1hi7+fgd \
    1+fg8 1+fgh 1+2tcy 1+fog 1+fqm 1+fqz 1+fsy 1+fwa 1+fx5 1+fzb 1+fyn 1+ae6 1+2ud6 1+g25 1+g2c 1+g2s 1+g3b 1+2u58 \
    1+aex 1+g2v 1+g3x 1+2u6j 1+g47 1+g4k 1+fkc 1+g4s 1+g51 1+3ly7 1+g6t 1+g77 1+afz 1+g8r 1+g92 1+gaa 1+gaf 1+ahh 1\
    +gcn 1+gcp 1+gdg 1+ge2 1+ged*2 1+gev 1+gg9 1+ggh 1+ggq 1+ghf 1+ghp 1+ghr 1+ghr 1+ghr 1+2v58 1+m7k 1+gju 1+gkf 1\
    +2vdv 1+gkr 1+gkx 1+gli 1+gpq 1+gmw 1+gnc 1+go8 1+gpu 1+gs6 1+gsw 1+gur 1+gv7 1+gw4 1+gw4 1+gwp 1+gx7 1+gxf 1+g\
    xu 1+h7a 1+gzq 1+h7b 1+h1t 1+h2s 1+g7b 1+hke 1+hce 1+hdg 1+he5 1+haj 1+hf6 1+hf5 1+hik 1+2x9g 1+hki 1+hkn 1+hl2\
     1+hlm 1+hlu 1+hnm 1+2xm0 1+2xnu 1+hrg 1+hsr 1+ht3 1+hqw 1+huu 1+aum 1+av0 1+hzc 1+i0u 1+i0u 1+2y88 1+i4j 1+i54\
     1+i5j 1+i5v 1+2yhk 1+i67 1+i6e 1+itv 1+i76 1+ayp 1+i8w 1+i9a 1+ibk 1+ia5 1+2z1g 1+if7 1+2z1i 1+ige 1+igb 1+igs\
     1+ijl*2 1+b3j 1+ikd 1+ilk 1+im5 1+ind 1+b4y 1+2zr7 1+b5o 1+ipc 1+ipf 1+ipi 1+iq2 1+3pg2 1+iri 1+3035 1+3035 1+\
    poh 1+isi 1+isi 1+b7r 1+335k 1+3cgq 1+iua 1+iuj 1+b8j 1+ivu 1+ix9 1+ixj 1+iyh 1+j29 1+bay 1+ba4 1+j2s 1+30t0 1+\
    j47 1+j7s 1+j7w 1+j7y 1+j7w 1+j96 1+j9q 1+jaq 1+jac 1+jan 1+jby 1+jci 1+jcm 1+jdc 1+jdn 1+jfh 1+jht 1+jis 1+jm8\
     1+31n0 1+jlp 1+jjw 1+jmw 1+jnn 1+jqc 1+31td 1+js2 1+jph 1+jop 1+bhq 1+ju1 1+jum 1+jvh 1+juf 1+bjg 1+k0f 1+k18 \
    1+32mi 1+k4j 1+kc8 1+k7d 1+bo9 1+k9d 1+bns 1+bms 1+g42 1+g45 1+kcg 1+k9o 1+pf1 1+deh 1+kd3 1+kd7 1+kdd 1+kf2 1+\
    ker 1+33cz 1+bpl 1+kje 1+kg5 1+klu 1+kn9 1+33hp 1+kni 1+kkf 1+kr8 1+brx 1+ksi 1+kv7 1+kx6 1+l2g 1+33xf 1+l3v 1+\
    bvc 1+l5t 1+34br 1+l78 1+bwu 1+l82 1+l9b 1+la2*2 1+34p9 1+2yvf 1+34sa 1+le6 1+354s 1+lhb 1+lhp 1+lev 1+ljq 1+lk\
    u 1+lmf 1+lkx 1+lm1 1+lmg 1+lmt 1+357i 1+lkk 1+lrj 1+lta 1+c37 1+lvv 1+lvr 1+35jl 1+lq1 1+m0e 1+35ni 1+35ou 1+m\
    2u 1+m61 1+m5a 1+m57 1+c5y 1+m6i 1+m7x 1+m7r 1+m99 1+2u5h 1+mdh 1+368z 1+mfw 1+36i3 1+mjs 1+mk5 1+mkw 1+36yw 1+\
    mm8 1+mmt 1+3779 1+37dg 1+mt6 1+mtn 1+cdo 1+mud 1+ce0 1+ce0 1+myv 1+mzg 1+n01 1+n0l 1+n2i 1+cgr 1+n50 1+386u 1+\
    n5q 1+389e 1+n74 1+2zrz 1+nbk 1+38v5 1+38vs 1+38zo 1+cn0 1+cnc 1+nhw 1+394j 1+394i 1+395l 1+396b 1+nj2*2 1+nj3 \
    1+nka 1+cop 1+nm3 1+cp2 1+cra 1+39r1 1+nri 1+nt8 1+nv0 1+ctf 1+3a5i 1+nyu 1+3a8q 1+3a9x 1+o0f 1+o2z 1+cvj 1+o5c\
     1+o5m 1+o5r 1+3at8 1+3b1j 1+3b1j 1+oa6 1+d1e 1+3b8r 1+og6 1+og9 1+d2f 1+3beo 1+onm 1+d5s 1+oo8 1+oo3 1+oow 1+3\
    c06 1+orn 1+d8h 1+ouf 1+ow2 1+oxx 1+d9w 1+3ciw 1+3cjr 1+dax 1+3cnt 1+p6i 1+3cqm 1+p79 1+pa2 1+pad 1+3d22 1+3d43\
     1+pcw 1+3d7s 1+pdc 1+33a7 1+ded 1+pf6 1+phf 1+dfv 1+pj2 1+hx1 1+3dlz 1+3dmd 1+33bn 1+33bw 1+poh 1+pok 1+sda 1+\
    dij 1+psh 1+psb 1+pst 1+gc3 1+ptd 1+ptf 1+ptp 1+puu 1+3ebg 1+put 1+pwd 1+pyb 1+q0d 1+pwj 1+q0t 1+q1z 1+q53 1+px\
    v 1+q16 1+q18 1+q1o 1+3eie 1+3eqz 1+3emt 1+dnv 1+q9d 1+q9f 1+qae 1+3g0a 1+qck 1+3f3g 1+dp9 1+dpd 1+3f75 1+3ff6 \
    1+dpn 1+qj4 1+qjg 1+qjr 1+qjt 1+qll 1+qko 1+qoe 1+qn6 1+qrd 1+qp4 1+qqz 1+qrq 1+dsn 1+qu9 1+qv5 1+dtl 1+qxs 1+q\
    xv 1+3giv 1+r13 1+r1a 1+dv9 1+r22 1+aez 1+3gz2 1+3h46 1+dz2 1+dzb 1+rds 1+rfx 1+rka 1+rpx 1+3hrc 1+rsb 1+rsx 1+\
    rvf 1+rxz 1+3i9b 1+2upw 1+s0b 1+rzw 1+s1c 1+2uvy 1+s7o 1+sag 1+3jki 1+3jl9 1+sk4 1+smp 1+snl 1+3ju6 1+snv 1+svs\
     1+t07*2 1+sxo 1+t89 1+t91 1+3ksa 1+tjf 1+ej9 1+tkn 1+3l2v 1+eli 1+ts3 1+iia 1+tur 1+3ltx 1+3lzu 1+epa 1+epi 1+\
    u00 1+3mdm 1+er6 1+3mhi 1+u17 1+u17 1+u21 1+3mpi 1+u76 1+eur 1+u95 1+ucn 1+ude 1+uf2 1+ez2 1+3nsg 1+umq 1+uv4 1\
    +v0d 1+f66 1+f71 1+v3b 1+3owe 1+f7c 1+3oxx 1+3p5a 1+3p8x 1+vcr 1+f9y 1+veh 1+vem 1+vet 1+vf3 1+vfa 1+vgb 1+3pxc
    """

  /// Lower case alone, likewise.
  static let lowered: StaticString = """
    1t+2p*q 2u+68*n 2+6w*7 y=75*o 2+2x/lj 2=8j*3 3=8q*8 3=97*n 2+73 1=ai*3 4+gj 1=ar*2 2+gk 1+aw 2+gm*2 1+b0 3+d9 1\
    +gp 1+gr 1+b6 2+gw 1+gz 2+h5 1+h4 1+bd 4+hb 1+he 2+hh 1=bl*3 2+hs 1+bs 2+hv 3+bx 2+i0 1+c0 2+i2*2 1=c4*2 2+ia 1\
    +c9 4+cd 8+cm 1+cm 2+cp 1+cp 2+cs 1=cs*9 3=db*9 3+dv 1=dv*2 2+b9 1+cf 1=e1*k 2+bi 2=f7*9 8+8rp 1+fw 2+be 1+8rq \
    3+g2 2+ao 1+i1 1+i4 1=g7*5 82=oh*2 4+on 9+s3 7+q4 2+q5*3 2+r0 2+r1*2 2+q9*h 2+qr*9 10+rb 9=rd*c 6+qg 3+s8 2+s2 \
    1+sb 3+or*3 1+uo*g 1+ts*w 1d=v5*h a=wb*r 2+y7 1=xu*7 3=y9*1c 3+129*12 28a+8w0*12 2+8x3 6+8x9 k3+xv4*28 1+3y0*6 \
    1p0+5my 7+3bk*17 3+3ct*3 8x=5xd*23 a+67 2=61t*1c a+64g*8 9+64w*6 b+65c*8 9+65s*8 9+668*6 c=66p*4 9+674*8 p+680*\
    8 9+68g*8 9+68w*8 9+69c*2 1+67k*2 1+69f c+67m*4 1+69v c+6a8*2 1+67q*2 d+6ao*2 1+67u*2 1+6at c+67s*2 1+67w*2 1+6\
    b7 8a+qx 4+2z 1+6d 7+6ku 1a+6ls*g k+6mc mr+79s*q 1f5+8q8*1c 1d+8rl 2+h7 1+5tp 1+hp 3=8rs*3 2+gh 1+hd 1+gg 1+gi \
    2+8s3 3+8s6 9+fz*2 1=8sh*1e 9=8vg*2 5+8vn nym=wu9*n k=ww1*e 3s=x0j*7 4=x0z*v b=x2y*2 2+5tl 1=x33*5 5+x3g 2+h1 3\
    =x3l*2 4=x3r*a 2+h2 1+gs 1+gx 1+h8 1+h6 2+im 1+hz 1+il 1+xub 1=x4l*8 2+x3o 1+hu 1+5u6 1=x54*2 2+h0 1=x59*8 2+bf\
     p+x6e h7w+1ef5*q xy+1fe0*14 3t+1fiw*10 4d+1fo7*b 2+1foj*f 2+1foz*7 2+1fp7*2 1d7+1h34*1f 4e+1h80*m 27v+1jgg*w g\
    w1+20dc*w 1t+20fv*p o5k+2oma*y
    """

  /// Run lengths over all code points in base 36, each with the letter of a `GraphemeClass`; Hangul syllables
  /// are left out.
  static let graphemes: StaticString = """
    aC1F2C1DiC2nAxC9A1P3A1C1PghA34E7nA7E7bA19E1A1E1A2E1A2E1A1E1kA6BaAbE1A1C1aAlEgA1E2tA7E1B1A6E2A2E1A4ExA1B1A1EuArE\
    2jAbE1mA9E9A1EoA4E1A9E1A3E1A5E17A3E1gA2B5A9E16AoE1BwE1MhA11I1E1M1E1A3M8E4M1K2M1A7E8I2A2EkA8I1A1E2MhAkI1A7I1A1I3\
    A4I2A1E1A1E2M4E2A2M2A2M1K9A1E4A2I1A1I2A2EcA2IcA1E2A2E1M1kA1E1A3M2E4A2E2A3E3A1EuA2E3A1EbA2E1MhAkI1A7I1A2I1A5I2A1\
    E1A3M5E1A2E1M1A2M1KkA2ElA1I6E1A1E2MhAkI1A7I1A2I1A5I2A1E1A2E1M4E2A2M2A2M1K7A3E4A2I1A1I2A2EdA1IgA1E1nA1E1M1E2M3A3\
    M1A3M1E9A1E14A1E3M1EgAkI1AgI2A1E1A3E4M1A3E1A3E1K7A2E1A3I7A2EtA1E2M1kA1E1A1M2E1M1E2M1A3E1A4E7A2EbA2EfA1McA2E2MhA\
    12I2E1A1E2M4E1A3M1A3M1K1B8A1EaA2EtA1E2M1yA1E4A1E2M3E1A1E1A7M1EiA2M1pA1E1A1M7EcA8E2qA1E1A1M9EbA7E21A2ErA1E1A1E1A\
    1E4A2M1dAeE1M5E1A2E5AbE1A10E9A1E1lA17I2A4E1M6E1A1K1E2M2E1IgA6I2M2E4I3E1I3A2I7A3I4EdI1E1A1M2E6A1E1IeA1E2qA2oL20V\
    2gT9pA3EqaA4EsA3EtA2EuA2EcA1gI2E1M7E8M1E2M9E1K1E9A1E19A3E1C1E39A2EyA1E3aA3E4M2E3M4A2M1E6M3E63A2E2M1E4A1hI1M1E1M\
    7E1A1K1A1E2A8E6MaE2A1E1cA1aE2AcEkA4E1M6A2I6AxIaE4M2E1K8IuA9EcA2E1MuI1M4E2M3E1K2E2IbA3I14A1E1M2E3M1E1M5E1cA8M8E2\
    M2E48A3E1AdE1M7E4A1E6A1E2A1M2E5iA1sEejA1C1X1Z2CoA7CdA1PcA1PmAgC2oAxE1dA1PmA1P2iA6PfA2Pa7A2PcA1P4mA1PpAbP4A3P5jA\
    1P6fA2PaA1P9A1P1mA4P1A5P9A1P2A1P2A2P2A1P4A1P2A1P1A2P2A1P3A1P3A2P8A3P5A1P1A1P5AcPbA2P2A1P1A2P1A1PiA1P2A2PiA6P1A1\
    P1A2P3A2P5A1P2A2P4A2PbA2P5A2P2A1P5A2P1A1P1A2PkA2P5A6P1A4P2A1P4A1P2A1P2A6P1A1P2A1P1A1P1A1P6A1P3A1P6A1PaA2PfA1P2A\
    1P4A1P1A1P4A3P1A1PbA2P1cA3P9A1PeA1PeA1PacA2PcvA3PjA2P1fA1P4A1PbdA3E3xA1E2oAwEfeA6E1PcA1P2jA2Ee4A1P1A1PmvpA4E1Aa\
    EwA2E28A2E7kA1E3A1E4A1EnA2M2E1M4A1E2bA2M1eAgM2EqAiEdA1E12A8EpAbE1M1EcAtL3A3E1M5A3I3A10I1E2M4E2M2E2M1KvA5I1E1A9I\
    aA5I16A6E2M2E2M2EcA1E8A1E1MiAgI1A3I6A1I1A1E1A2I1cA1E1A3E2A2E5A2E1A1EuAbI1M2E2M5A1M1K5lArI8A2M1E2M1E2M1A1M1E8n6A\
    nV4A1dT6xuA1EkhAgEgAgE5rA1C4eA2E28AcCe9A1E6aA1E45A5E1adA1I3E1A2E5A4E4I1A3I1AtI2A3E4A1K4lA2EfxA4E1tA5E8tA2E25A6E\
    1yAbE1dA4E3eA1M1E1M1hAfE15A1E2A2EaA3E1M19A3M4E2M2E2A1B4A1EaA1B1eA3E10I5E1M6E1K1EfA1I2M1I17A1EcA2E1M1cA3M9E1M1E1\
    A2B5A4E1A1M1E2kA3M3E2M4E6A1E2A1E4dA1E3M8ElA2E2M1jA2E1A1E1M1E4M2A2M2A2M1E9A1EaA2M2A7E3A5EbAaI1A1I2A1I1A12I2A1E2M\
    6E1A1E2A1E1A3E1M1A2M2E1K1B1EeA2E2aA3M8E2M3E1M1EnA1E29A1E2M6E1M1E2M1E1M2E1M2E6jA1E2M4E2A4M2E1M2ErA2E2aA3M8E2M1E1\
    M2E2yA1E1M1E2M8E2tA1E1M1E2A4E1M5E74A3M9E1M2E5hA7I2A1I2A8I1A2I1AoI1E5M1A2M2A3E1K1B1M1B1M1E3xA3M4E2A2E4M1E3A1MrA1\
    IaE14I6E1M1A4E8A1K8A1I6E2M3E14I6BdE1M1E1K5iA1E1M3E1M1E1M5jA1M7E1A6E1M1E2aAmE1A1M7E1M2E1M2E3eA6E3A1E1A2E1A7E1B1E\
    1uA5M1A2E1A2M1E1M1E9nA2E2M9A2E1B1MdI1AyI2M5E3A2M2E1KnA1E445AgC1E6AfE8ugAcE3M3E1xcA5E1nA7EfgA1V3A4VdgA1E1A1jM7A4\
    E29A1EbA2Ef57A2E1A4C3mkA1aE2AnEf2A5E3A6E8C8E2A7EuA4E44A3E1izA1jE4A1eE8A1EeA1EmA5E1AfE11sA7E1AhE2A7E1A2E1A5E2sA1\
    E4gA7EafA1E1pA4Ee4A4E72A2E6rA1E2A1E7A2E5A1Ed6A7E31A7E1btA1P13A4P2sAcPfA2PfA1PeA2P11AaP34A2PcA2PeA1P2AaPjA1kPqR1\
    AfPaA1PkA1P2A9P1A4P9AnP6A58P2A34P2A2P1A3P2A2bP2A3P1A4P5E72P1A1rPbA6P1AoP7A2P2A8PcA1P2A4P2A1P4A2PdA2P2A1P8A2P9A1\
    P5A3PcA3P8A3P2A1P1A1P4A1P6A1P3A1P6A2eP1cA1yP5A8P2AhP3A1P1A6P2AdP62A12PcA4P1kA8PaA6P14A8PuA2PcA4P2AeP9A13PcA1bP1\
    AaP1A55P2gA8PeA42P74AsePguteAwC2oE3kC6oE2s0C44jkA
    """
}
